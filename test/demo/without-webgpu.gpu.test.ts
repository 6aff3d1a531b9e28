/** A browser without WebGPU: what the page says is what the engine says. */
import { expect, test, vi } from 'vitest';
import { HyperStyleError } from '../../src/index.ts';
import { openPage, seen } from './page.ts';

test('the page shows the words of the engine', async () => {
  Reflect.deleteProperty(Navigator.prototype, 'gpu');
  expect('gpu' in navigator).toBe(false);
  const [load] = await openPage();
  load?.fail(new HyperStyleError('device', 'no WebGPU here: take another browser'));
  await vi.waitFor(() => expect(seen().error).toBe('no WebGPU here: take another browser'));
  expect(seen()).toMatchObject({ loading: false, usable: false });
});
