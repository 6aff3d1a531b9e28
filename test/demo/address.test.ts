/** The address and the page's state stay in step, with an engine that computes nothing. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readAddress } from '../../demo/state/address.ts';
import { App } from '../../demo/state/app.ts';
import { bitmap, FakeEngine } from './fake-engine.ts';

beforeAll(() => {
  vi.stubGlobal('createImageBitmap', async () => bitmap());
  vi.stubGlobal('fetch', async (url: unknown) =>
    String(url).endsWith('.json') ? Response.json({ mse: [[1, 2, 3]] }) : new Response(new Blob(['png'])),
  );
});

afterAll(() => vi.unstubAllGlobals());

/** A page at an address, once it has shown what that asks for; `search` is what stands there from then on. */
async function opened(search: string): Promise<{ app: App; search: () => string }> {
  const app = new App({
    engine: new FakeEngine().remote,
    places: { model: 'https://models.test/fake/', faces: 'https://models.test/faces/' },
    address: readAddress(search),
    draw: 'pixels',
    deliver: () => undefined,
  });
  let written = search;
  app.followAddress((next) => {
    written = next;
  });
  await app.start();
  return { app, search: () => written };
}

test('what it asks for stays in it, and what is changed afterwards goes into it', async () => {
  const { app, search } = await opened('?sample=2&steps=1&edits=yaw%3A1&domain=bronze');
  expect(search()).toBe('?sample=2&steps=1&edits=yaw%3A1&domain=bronze');
  app.desk.look.setAmount('yaw', 0);
  app.tab.value = 'save';
  expect(search()).toBe('?sample=2&steps=1&domain=bronze&tab=save');
});

test('with a model without samples it is followed before anybody is there, and edits wait for the first person', async () => {
  const { app, search } = await opened('?model=own%3Aanna&steps=1&edits=yaw%3A1');
  app.tab.value = 'people';
  expect(search()).toBe('?model=own%3Aanna&steps=1&edits=yaw%3A1&tab=people');
  await app.portraits.openPortrait(new File(['png'], 'anna.png'), { kind: 'own' });
  expect(app.desk.look.edits.value).toEqual({ yaw: 1 });
});

test('another model takes the place of the one in it, and the edits that were meant for that one', async () => {
  const { app, search } = await opened('?model=own%3Aanna&steps=1&edits=yaw%3A1');
  await app.openModel([new File(['{}'], 'model.json')]);
  expect(search()).toBe('?steps=1');
  await app.portraits.openPortrait(new File(['png'], 'anna.png'), { kind: 'own' });
  expect(app.desk.look.edits.value).toEqual({});
});

test('of two portraits that are chosen one after the other the second is shown, whichever is there first', async () => {
  const { app } = await opened('?steps=1');
  const first = app.pickPortrait(7); // is still to be rendered
  const second = app.pickSample(2);
  await Promise.all([first, second]);
  expect(app.portraits.choice.value).toEqual({ kind: 'sample', index: 2 });
  expect(app.tiles.value.map(({ seed }) => seed)).toEqual([7]);
  const fetched = app.pickSample(0);
  await app.openFiles([new File(['jpg'], 'me.jpg', { type: 'image/jpeg' })]);
  await fetched;
  expect([app.portraits.choice.value?.kind, app.desk.stage.mode.value]).toEqual(['own', 'crop']);
});
