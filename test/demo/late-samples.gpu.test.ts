/** Samples that come late do not hold the model up, nor do they land beside another one's. */
import { expect, test, vi } from 'vitest';
import { chooseFolder, openPage, seen } from './page.ts';

test('samples of a model that was replaced meanwhile are not shown', async () => {
  let answer = (_: Response): void => {};
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  const loads = await openPage();
  loads[0]?.finish('shipped');
  await vi.waitFor(() => expect(seen()).toMatchObject({ model: 'shipped', usable: true }));
  expect(fetched).toHaveBeenCalledOnce();
  chooseFolder();
  await vi.waitFor(() => expect(loads).toHaveLength(2));
  loads[1]?.finish('own');
  await vi.waitFor(() => expect(seen().model).toBe('own'));
  answer(Response.json({ mse: [[1, 2, 3]] }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen()).toMatchObject({ error: '', model: 'own', samples: 0 });
});
