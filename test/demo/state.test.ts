/** What the page knows, without a page: addresses, tasks, requests that overtake one another, words. */
import { expect, test } from 'vitest';
import { addressOf, readAddress } from '../../demo/state/address.ts';
import { LookState } from '../../demo/state/look.ts';
import { sentence } from '../../demo/state/notices.ts';
import { sentenceOf } from '../../demo/state/person-actions.ts';
import { Newest } from '../../demo/state/pictures.ts';
import { Tasks } from '../../demo/state/task.ts';

test('an address says what is shown, and is read back the same', () => {
  const search = '?sample=3&steps=2&edits=smile%3A1.5%2Cyaw%3A-1%400-4&domain=bronze&tab=people&kernels=direct&tune=';
  const address = readAddress(search);
  expect(address.edits).toEqual({ smile: 1.5, yaw: { amount: -1, layers: [0, 4] } });
  expect(addressOf(address)).toBe(search);
  expect(addressOf(readAddress(''))).toBe('');
});

test('what makes no sense in an address is left out', () => {
  const address = readAddress('?steps=many&sample=-1&portrait=1e99&edits=smile,yaw:x,:3,pitch:1@x');
  expect(address).toMatchObject({ steps: 5, sample: null, portrait: null, edits: {} });
});

test('edits of an address that the model does not have are left out', () => {
  const look = new LookState();
  look.takeEdits({ smile: 1, unknown: 2, yaw: { amount: 1, layers: [0, 4] } }, ['smile', 'yaw']);
  expect(look.edits.value).toEqual({ smile: 1, yaw: { amount: 1, layers: [0, 4] } });
  look.setAmount('smile', 0);
  look.setRows('yaw', null);
  expect(look.edits.value).toEqual({ yaw: 1 });
  expect(sentenceOf({ ...look.look.value, domain: 'bronze', step: 2 })).toBe(
    'Edited: yaw +1.0 · in bronze · after step 2',
  );
});

test('a task tells how long it will take, from the phase it is in', async () => {
  let now = 0;
  const tasks = new Tasks(() => now);
  await tasks.run(
    'Preparing',
    () => {},
    async (report) => {
      now = 5000;
      report({ phase: 'Inverting', done: 0, total: 4 });
      now = 7000;
      report({ phase: 'Inverting', done: 1, total: 4, detail: 'error 0.1' });
      expect(tasks.current.value).toEqual({ phase: 'Inverting', share: 0.25, detail: '1 of 4 · error 0.1 · 6 s left' });
    },
  );
  expect(tasks.current.value).toBeNull();
});

test('a task that is called off is gone at once, and what it still reports is not shown', async () => {
  const tasks = new Tasks(() => 0);
  let [called, end] = [0, (): void => {}];
  const running = tasks.run(
    'Tuning',
    () => called++,
    async (report) => {
      await new Promise<void>((resolve) => (end = resolve));
      report({ phase: 'Tuning' });
    },
  );
  tasks.cancel();
  expect([tasks.current.value, called]).toEqual([null, 1]);
  end();
  await running;
  expect(tasks.current.value).toBeNull();
});

test('of requests during one run only the newest is done', async () => {
  const done: number[] = [];
  const newest = new Newest<number>(async (request) => {
    await Promise.resolve();
    done.push(request);
  });
  await Promise.all([1, 2, 3, 4].map((request) => newest.ask(request)));
  expect(done).toEqual([1, 4]);
});

test('lines become sentences, names of files stay as they are', () => {
  expect(sentence('no face was found: try another')).toBe('No face was found: try another.');
  expect(sentence('me.png: cannot be decoded!')).toBe('me.png: cannot be decoded!');
});
