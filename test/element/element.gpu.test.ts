/** `<hyper-style>` in Chrome: with a model that only notes what it is asked, and once with a real one. */
import { afterEach, expect, it, vi } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { type HyperStyleElement, HyperStyleError } from '../../src/index-element.ts';
import { smallModel, testPicture } from '../pipeline/small-model.ts';
import { sharedDevice } from '../setup/gpu.ts';

type Told = { readonly model: HyperStyle; readonly said: string[]; readonly signals: AbortSignal[] };

/** A model without a GPU: pictures do nothing, an inversion ends when `go` is called. */
function notingModel(go: Promise<unknown> = Promise.resolve()): Told {
  const said: string[] = [];
  const signals: AbortSignal[] = [];
  const picture = { draw: () => said.push('draw'), width: 8, height: 8 };
  const model = {
    async invert(_photo: unknown, { steps, align, signal, onStep }: Parameters<HyperStyle['invert']>[1] & object) {
      said.push(`invert ${steps} ${align}`);
      if (signal) signals.push(signal);
      await go;
      if (signal?.aborted) throw new HyperStyleError('aborted', 'stopped');
      await onStep?.({ index: 0, l2: 0.5, picture: picture as never });
      return {
        edit: async (edits: object) => {
          if ('nobody' in edits) throw new HyperStyleError('option', 'no such direction');
          said.push(`edit ${JSON.stringify(edits)}`);
        },
        draw: picture.draw,
        dispose: () => said.push('dispose'),
      };
    },
  };
  return { model: model as never, said, signals };
}

function element(markup = '<hyper-style></hyper-style>'): HyperStyleElement {
  document.body.innerHTML = markup;
  return document.querySelector('hyper-style') as HyperStyleElement;
}

const once = (target: EventTarget, name: string): Promise<Event> =>
  new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

afterEach(() => {
  document.body.innerHTML = '';
});

it('inverts as its attributes say, tells of steps, and shows another edit without inverting again', async () => {
  const { model, said } = notingModel();
  const tag = element('<hyper-style steps="2" align edit="smile=1" alt="Me"><img></hyper-style>');
  const steps: unknown[] = [];
  tag.addEventListener('step', (event) => steps.push((event as CustomEvent).detail));
  const loaded = once(tag, 'load');
  tag.loadedModel = model;
  tag.photo = testPicture(8, 8);
  await loaded;
  expect(said).toEqual(['invert 2 auto', 'draw', 'edit {"smile":1}', 'draw']);
  expect(steps).toEqual([{ index: 0, l2: 0.5 }]);
  expect(tag.status).toBe('ready');
  expect(tag.matches(':state(ready)')).toBe(true);
  const canvas = tag.shadowRoot?.querySelector('[part=canvas]');
  expect([canvas?.getAttribute('role'), canvas?.getAttribute('aria-label')]).toEqual(['img', 'Me']);
  const edited = once(tag, 'edit');
  tag.edit = { smile: -1 };
  await edited;
  expect(said.slice(4)).toEqual(['edit {"smile":-1}', 'draw']);
});

it('makes one inversion of several changes, stops one that is overtaken, and gives all back when it goes', async () => {
  let go: () => void = () => undefined;
  const { model, said, signals } = notingModel(
    new Promise<void>((resolve) => {
      go = resolve;
    }),
  );
  const tag = element();
  tag.loadedModel = model;
  tag.photo = testPicture(8, 8);
  await vi.waitFor(() => expect(said).toEqual(['invert undefined undefined']));
  tag.steps = 1;
  tag.align = 'none';
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  const loaded = once(tag, 'load');
  go();
  await loaded;
  tag.remove();
  await vi.waitFor(() => expect(said.at(-1)).toBe('dispose'));
  expect(tag.status).toBe('idle');
});

it('says what is wrong, and goes on when it is put right', async () => {
  const { model } = notingModel();
  const tag = element('<hyper-style edit="smile"></hyper-style>');
  const failed = once(tag, 'error');
  tag.loadedModel = model;
  tag.photo = testPicture(8, 8);
  expect(((await failed) as CustomEvent<HyperStyleError>).detail).toMatchObject({ code: 'option' });
  expect(tag.shadowRoot?.querySelector('[role=status]')?.textContent).toContain('is no edit');
  const loaded = once(tag, 'load');
  tag.edit = 'smile=1';
  tag.steps = 0;
  await loaded;
  const again = once(tag, 'error');
  tag.edit = 'nobody=1';
  expect(((await again) as CustomEvent<HyperStyleError>).detail.message).toBe('no such direction');
  expect(tag.error?.code).toBe('option');
  const edited = once(tag, 'edit');
  tag.edit = '';
  await edited;
  expect([tag.status, tag.error]).toEqual(['ready', undefined]);
});

it('names a photo that cannot be had, and one model that cannot for all elements', async () => {
  const tag = element('<hyper-style src="/no-such-photo.png" model="/no-such-model/"></hyper-style>');
  expect(((await once(tag, 'error')) as CustomEvent<HyperStyleError>).detail.message).toContain('no-such-model');
  const { model } = notingModel();
  const failed = once(tag, 'error');
  tag.loadedModel = model;
  expect(((await failed) as CustomEvent<HyperStyleError>).detail.message).toMatch(/no-such-photo.png: 404/);
});

it('asks for a new model when the GPU of the one it had was lost', async () => {
  let lose: () => void = () => undefined;
  const loads = vi.spyOn(HyperStyle, 'load').mockImplementation(async () => {
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    return Object.assign(notingModel().model, { lost, dispose: () => undefined });
  });
  const tag = element('<hyper-style model="/any/"></hyper-style>');
  const loaded = once(tag, 'load');
  tag.photo = testPicture(8, 8);
  await loaded;
  lose();
  await Promise.resolve();
  const again = once(tag, 'load');
  tag.steps = 1;
  await again;
  expect(loads).toHaveBeenCalledTimes(2);
  loads.mockRestore();
});

it('keeps its share in a model while the one it asked for before fails', async () => {
  const asked: string[] = [];
  let fail: () => void = () => undefined;
  const failing = new Promise<Response>((resolve) => {
    fail = () => resolve(new Response(null, { status: 404 }));
  });
  const { fetch: real } = globalThis;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((request, init) => {
    const address = request instanceof Request ? request.url : String(request);
    asked.push(address);
    if (address.includes('/first/')) return failing;
    return address.includes('/second/') ? new Promise(() => undefined) : real(request, init);
  });
  const times = (folder: string): number => asked.filter((address) => address.includes(folder)).length;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const tag = element('<hyper-style src="/me.png" model="/first/"></hyper-style>');
  await vi.waitFor(() => expect(times('/first/')).toBe(1), 10_000);
  tag.model = '/second/';
  await vi.waitFor(() => expect(times('/second/')).toBe(1), 10_000);
  fail();
  await pause(100);
  tag.steps = 1; // asks for the second model again
  await pause(100);
  tag.remove();
  await pause(1200); // nobody uses the second model now: the next element loads it anew
  element('<hyper-style src="/me.png" model="/second/"></hyper-style>');
  await vi.waitFor(() => expect(times('/second/')).toBe(2), 10_000);
  spy.mockRestore();
});

it('draws with a real model', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const tag = element('<hyper-style steps="1" edit="east=1"></hyper-style>');
  const loaded = once(tag, 'load');
  tag.loadedModel = hs;
  tag.photo = testPicture(40, 40);
  await loaded;
  const { width, height } = tag.person ?? { width: 0, height: 0 };
  const canvas = tag.shadowRoot?.querySelector('canvas');
  expect([canvas?.width, canvas?.height]).toEqual([width, height]);
  hs.dispose();
});
