/** Which model the page ends up with, however loads overlap. */
import { expect, test, vi } from 'vitest';
import { HyperStyleError } from '../../src/index.ts';
import { chooseFolder, openPage, type PendingLoad, seen } from './page.ts';

let loads: PendingLoad[];

/** Load `index`, once the page has asked for it. */
const load = (index: number): Promise<PendingLoad> =>
  vi.waitFor(() => {
    const asked = loads[index];
    if (!asked) throw new Error(`load ${index} was not asked for`);
    return asked;
  });

/** Time for the page to do what it should not. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

test('a model whose samples are no samples is used all the same', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('<!doctype html>', { status: 200 }));
  loads = await openPage();
  expect(seen()).toMatchObject({ loading: true, usable: false });
  (await load(0)).finish('shipped');
  await vi.waitFor(() =>
    expect(seen()).toEqual({ error: '', loading: false, model: 'shipped', usable: true, samples: 0 }),
  );
  await settle();
  expect(seen().error).toBe('');
});

test('the folder asked for last is the one, also when the one before ends later', async () => {
  chooseFolder();
  const before = await load(1);
  chooseFolder();
  const after = await load(2);
  expect([before.signal?.aborted, after.signal?.aborted]).toEqual([true, false]);
  after.finish('after');
  await vi.waitFor(() => expect(seen()).toMatchObject({ loading: false, model: 'after' }));
  const late = before.finish('before'); // its abort came too late
  await vi.waitFor(() => expect(late.dispose).toHaveBeenCalledOnce());
  await settle();
  expect(seen()).toMatchObject({ error: '', model: 'after' });
});

test('a load that was called off leaves the progress to the next', async () => {
  chooseFolder();
  const before = await load(3);
  chooseFolder();
  const after = await load(4);
  const report = { file: 'old', loadedBytes: 1, totalBytes: 2, bytesPerSecond: 0, remainingSeconds: 0, cachedBytes: 0 };
  before.onProgress?.(report);
  expect(document.querySelector('#loading-phase')?.textContent).toBe('Loading the model');
  before.fail(new HyperStyleError('aborted', 'stopped'));
  await settle();
  expect(seen()).toMatchObject({ error: '', loading: true, model: 'after' });
  after.finish('third');
  await vi.waitFor(() => expect(seen()).toMatchObject({ loading: false, model: 'third' }));
});

test('Cancel calls off the load under way and keeps the model', async () => {
  chooseFolder();
  const { signal, fail } = await load(5);
  document.querySelector<HTMLButtonElement>('#loading-cancel')?.click();
  expect(signal?.aborted).toBe(true);
  fail(new HyperStyleError('aborted', 'stopped'));
  await vi.waitFor(() => expect(seen()).toMatchObject({ error: '', loading: false, model: 'third', usable: true }));
});

test('a picture picked while a model waits its turn does not lose the model', async () => {
  const pick = (): void => document.querySelector<HTMLButtonElement>('#random')?.click();
  chooseFolder();
  const first = (await load(6)).finish('first');
  await vi.waitFor(() => expect(seen().model).toBe('first'));
  let stop = (): void => {};
  const running = new Promise<never>((_, reject) => {
    stop = () => reject(new HyperStyleError('aborted', 'stopped'));
  });
  vi.mocked(first.invert).mockReturnValue(running);
  pick();
  await vi.waitFor(() => expect(first.invert).toHaveBeenCalledOnce());
  chooseFolder();
  const second = (await load(7)).finish('second');
  await vi.waitFor(() => expect(seen().model).toBe('second'));
  pick();
  await settle();
  stop();
  await vi.waitFor(() => expect(second.invert).toHaveBeenCalledOnce());
  expect(first.dispose).toHaveBeenCalledOnce();
});
