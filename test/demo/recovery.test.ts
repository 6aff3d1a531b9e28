/** A lost GPU, as the page's state meets it: with an engine that computes nothing. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readAddress } from '../../demo/state/address.ts';
import { App } from '../../demo/state/app.ts';
import { HyperStyleError } from '../../src/index.ts';
import { bitmap, FakeEngine } from './fake-engine.ts';

const BACK = 'The GPU was lost and is back; everything is as before.';
const NO_GPU = new HyperStyleError('device', 'no adapter');

let engine: FakeEngine;
let app: App;

beforeAll(() => {
  vi.stubGlobal('createImageBitmap', async () => bitmap());
  vi.stubGlobal('fetch', async (url: unknown) =>
    String(url).endsWith('.json') ? Response.json({ mse: [[1, 2, 3]] }) : new Response(new Blob(['png'])),
  );
});

afterAll(() => vi.unstubAllGlobals());

beforeEach(async () => {
  engine = new FakeEngine();
  app = new App({
    engine: engine.remote,
    places: { model: 'https://models.test/fake/', faces: 'https://models.test/faces/' },
    address: readAddress('?steps=1'),
    draw: 'pixels',
    deliver: () => undefined,
  });
  await app.start();
});

const said = () => app.desk.notices.current.value?.text;

/** Loses the GPU and waits until the page says something for good. */
async function lost(): Promise<void> {
  engine.calls.length = 0;
  engine.lose('crashed');
  await settled();
}

const settled = (): Promise<void> => vi.waitFor(() => expect(said() ?? '').not.toMatch(/…$/));

test('the person comes back with edits and their layers, strength, step, domain and the map of errors', async () => {
  const { look, stage, model } = app.desk;
  look.setAmount('yaw', 1.5);
  look.setRows('yaw', [0, 4]);
  look.setStrength('fine', 0.5);
  look.step.value = 0;
  look.domain.value = 'bronze';
  await app.person.redraw();
  await app.person.showErrors(true);
  const before = engine.look;
  await lost();
  expect(said()).toBe(BACK);
  expect(engine.calls).toEqual(['load', 'open sample', 'invert', 'show', 'error map']);
  expect(engine.look).toEqual(before);
  expect(before?.edits).toEqual({ yaw: { amount: 1.5, layers: [0, 4] } });
  expect([stage.showsErrors.value, model.samples.value.length, model.lost.value]).toEqual([true, 3, false]);
});

test('a photo whose square is being drawn stays, square and all, and whoever was there before does not return', async () => {
  const { photo, stage, person } = app.desk;
  await app.openFiles([new File(['jpg'], 'me.jpg', { type: 'image/jpeg' })]);
  photo.adjust({ x: 30, y: 31, side: 20, angle: 0 });
  await lost();
  expect(said()).toBe(BACK);
  expect(engine.calls).toEqual(['load', 'open me.jpg']);
  expect([stage.mode.value, person.value, photo.view.value?.name]).toEqual(['crop', null, 'me.jpg']);
  expect(photo.crop.value).toMatchObject({ x: 30, y: 31, side: 20 });
});

test('a tuned person comes back over the inversion, and after going back the inversion does', async () => {
  await app.person.tune();
  app.desk.look.setAmount('smile', 1);
  await lost();
  await lost();
  expect(engine.calls).toEqual(['load', 'open sample', 'invert', 'retune', 'show']);
  expect([app.desk.person.value?.kind, engine.look?.edits]).toEqual(['tuned', { smile: 1 }]);
  await app.person.untune();
  await lost();
  expect(engine.calls).toEqual(['load', 'open sample', 'invert', 'show']);
  expect(app.desk.person.value?.kind).toBe('inverted');
});

test('nobody comes back as nobody', async () => {
  await app.portraits.generate(7, 0.7);
  await lost();
  expect(engine.calls).toEqual(['load', 'generate']);
  expect([app.desk.stage.mode.value, said()]).toEqual(['nobody', BACK]);
});

test('after another model was opened nobody of the one before comes back', async () => {
  await app.openModel([new File(['{}'], 'model.json')]);
  expect(app.portraits.choice.value).toBeNull();
  await lost();
  expect([engine.calls, app.desk.stage.mode.value, said()]).toEqual([['load'], 'empty', BACK]);
});

test('lost again while it comes back: everything is there in the end', async () => {
  app.desk.look.setAmount('yaw', 2);
  engine.meanwhile.set('invert', () => engine.lose());
  await lost();
  await vi.waitFor(() => expect(engine.look?.edits).toEqual({ yaw: 2 }));
  expect(engine.calls.filter((call) => call === 'load')).toHaveLength(2);
  expect([said(), app.desk.person.value?.kind]).toEqual([BACK, 'inverted']);
});

test('what was under way ends in silence: the card says already why', async () => {
  engine.meanwhile.set('show', () => engine.lose());
  app.desk.look.setAmount('yaw', 1);
  const drawing = app.person.redraw();
  await drawing;
  await settled();
  expect(said()).toBe(BACK);
});

test('called off, it says so and can be begun again', async () => {
  engine.meanwhile.set('load', () => app.desk.model.cancel());
  app.desk.look.setAmount('yaw', 1);
  await lost();
  expect(said()).toMatch(/you called off getting it back/);
  engine.failing.clear();
  app.desk.notices.current.value?.repair?.work();
  await settled();
  expect([said(), engine.look?.edits]).toEqual([BACK, { yaw: 1 }]);
});

test('no GPU any more is said with a way to try again', async () => {
  engine.failing.set('load', NO_GPU);
  await lost();
  expect(app.desk.notices.current.value).toMatchObject({ text: 'No adapter.', repair: { label: 'Get the GPU back' } });
});

test('an inversion that fails then is said to have failed, not to be as before', async () => {
  engine.failing.set('invert', new HyperStyleError('memory', 'the GPU has too little memory'));
  await lost();
  expect(said()).toBe('The GPU has too little memory.');
});

test('a portrait that is chosen meanwhile is not shown with the edits of the one before', async () => {
  app.desk.look.setAmount('yaw', 1);
  let other: Promise<void> | undefined;
  engine.meanwhile.set('load', () => {
    other = app.portraits.openPortrait(new File(['png'], 'other.png'), { kind: 'sample', index: 2 });
  });
  await lost();
  await other;
  expect(engine.calls).toEqual(['load', 'open other.png', 'invert']);
  expect(app.portraits.choice.value).toEqual({ kind: 'sample', index: 2 });
  expect(app.desk.look.edits.value).toEqual({});
});

test('a picture that cannot be opened leaves the stage and its way back as they were', async () => {
  engine.failing.set('open bad.png', new HyperStyleError('image', 'bad.png: the browser cannot decode this picture'));
  await app.openFiles([new File(['?'], 'bad.png', { type: 'image/png' })]);
  expect(said()).toMatch(/^bad\.png/);
  expect(app.portraits.choice.value).toEqual({ kind: 'sample', index: 1 });
  await lost();
  expect(engine.calls).toContain('open sample');
});
