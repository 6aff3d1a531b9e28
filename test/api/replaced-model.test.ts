/** A model that is replaced on its server while it is loaded. No GPU is used: weights end where the engine would begin. */
import { afterEach, expect, test, vi } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { ModelReplaced } from '../../src/weights/model-replaced.ts';
import { serveFolder } from '../weights/served-folder.ts';

afterEach(() => vi.restoreAllMocks());

test('is loaded once more, and no more than that', async () => {
  const { url, requests } = await serveFolder();
  const model = {} as HyperStyle;
  const replaced = new ModelReplaced('network', 'replaced');
  const engine = vi.spyOn(HyperStyle, 'fromWeights').mockRejectedValueOnce(replaced).mockResolvedValueOnce(model);
  expect(await HyperStyle.load(url)).toBe(model);
  expect(requests.get('model.json')).toBe(2);
  engine.mockRejectedValue(replaced);
  await expect(HyperStyle.load(url)).rejects.toBe(replaced);
  expect(engine).toHaveBeenCalledTimes(4);
});
