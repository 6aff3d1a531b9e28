/** Calls over a port, and inversions that are looped over, without a GPU: answers, errors, aborts, ends. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { InversionStep, InvertedPerson, InvertOptions } from '../../src/api/public.ts';
import { stepsOf } from '../../src/api/steps.ts';
import { HyperStyleError } from '../../src/errors.ts';
import { type Answerer, Channel } from '../../src/worker/channel.ts';
import { RemoteModel } from '../../src/worker/client.ts';
import { Connection } from '../../src/worker/connection.ts';
import { splitOptions } from '../../src/worker/sending.ts';

/** Sizes of a model that nobody runs. */
const TINY = { size: 8, channels: { 4: 4, 8: 4 }, styleDim: 4, latentCount: 4, mappingLayers: 1 };
const NAMES = { directions: [], domains: [] };

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function pair(answer: Answerer): Channel {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  new Channel(port2, answer);
  return new Channel(port1, async () => ({ value: undefined }));
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: unknown) => error,
  );

describe('a channel', () => {
  it('answers in any order, and keeps class and code of errors', async () => {
    const channel = pair(async (request) => {
      if (request.name !== 'pixels') throw new RangeError('of another kind');
      if (request.of === 1) await new Promise((resolve) => setTimeout(resolve, 20));
      if (request.of === 3) throw new HyperStyleError('memory', 'no room');
      return { value: request.of };
    });
    const order: unknown[] = [];
    await Promise.all([1, 2].map(async (of) => order.push(await channel.request('pixels', { of }))));
    expect(order).toEqual([2, 1]);
    const refused = await failure(channel.request('pixels', { of: 3 }));
    expect(refused).toBeInstanceOf(HyperStyleError);
    expect(refused).toMatchObject({ code: 'memory', message: 'no room' });
    expect(await failure(channel.request('floats', { of: 1 }))).toMatchObject({ name: 'RangeError' });
  });

  it('tells the other side of an abort, and of one before it sends nothing', async () => {
    const channel = pair(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new HyperStyleError('aborted', 'stopped')));
        }),
    );
    const controller = new AbortController();
    const call = failure(channel.request('pixels', { of: 1 }, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 10);
    expect(await call).toMatchObject({ code: 'aborted', message: 'stopped' });
    const late = failure(channel.request('pixels', { of: 1 }, { signal: controller.signal }));
    expect(await late).toMatchObject({ code: 'aborted', message: /AbortSignal/ });
  });

  it('refuses what cannot be sent, and ends whatever waits when the other side is gone', async () => {
    const channel = pair(() => new Promise(() => undefined));
    const values = { of: 1, options: { seed: (() => 1) as unknown as number } };
    expect(await failure(channel.request('generate', values))).toMatchObject({ code: 'option' });
    const waiting = failure(channel.request('pixels', { of: 1 }));
    channel.end(new HyperStyleError('device', 'gone'));
    expect(await waiting).toMatchObject({ code: 'device', message: 'gone' });
    expect(await failure(channel.request('pixels', { of: 1 }))).toMatchObject({ code: 'device' });
  });
});

it('a worker that answers nothing is told of', async () => {
  vi.useFakeTimers();
  try {
    const { port1, port2 } = new MessageChannel();
    open.push(port1, port2);
    const call = failure(new Connection(port1).call('pixels', { of: 1 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await call).toMatchObject({ code: 'device', message: expect.stringMatching(/answered nothing for 60 s/) });
  } finally {
    vi.useRealTimers();
  }
});

it('pictures of an inversion that fails are given back on both sides', async () => {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const disposed: number[] = [];
  const picture = { handle: 7, width: 1, height: 1 };
  const server = new Channel(port2, async (request, { id }) => {
    if (request.name === 'load') return { value: { handle: 1, name: 'tiny', architecture: TINY, names: NAMES } };
    if (request.name === 'dispose') disposed.push(request.of);
    if (request.name !== 'invert') return { value: undefined };
    await server.request('callback', { call: id, run: 'onStep', values: [{ index: 0, l2: 1, picture }] });
    throw new HyperStyleError('memory', 'no room');
  });
  const model = await RemoteModel.load(new Connection(port1), 'http://a.example/', {});
  const steps: InversionStep[] = [];
  const inversion = model.invert(new Blob(), { onStep: (step) => void steps.push(step) });
  expect(await failure(inversion)).toMatchObject({ code: 'memory' });
  expect(() => steps[0]?.picture.draw({} as HTMLCanvasElement)).toThrow(/picture was disposed of/);
  await vi.waitFor(() => expect(disposed).toEqual([7]));
});

it.each(['addE4e', 'addRestyle'] as const)('options of %s that are none are refused on the page', async (add) => {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  new Channel(port2, async () => ({ value: { handle: 1, name: 'tiny', architecture: TINY, names: NAMES } }));
  const model = await RemoteModel.load(new Connection(port1), 'http://a.example/', {});
  expect(await failure(model[add](new File([], 'e.pt'), null as never))).toMatchObject({
    code: 'option',
    message: `the options of ${add} are null, expected an object`,
  });
});

it('options leave their functions and their signal on the page, addresses go as text', () => {
  const onProgress = (): void => undefined;
  const signal = new AbortController().signal;
  const given = { cache: true, onProgress, signal, faces: new URL('http://a.example/faces/') };
  const { options, callbacks, functions } = splitOptions(given);
  expect(options).toEqual({ cache: true, faces: 'http://a.example/faces/' });
  expect(callbacks).toEqual(['onProgress']);
  expect(functions.get('onProgress')).toBe(onProgress);
});

describe('steps', () => {
  /** A model that makes `count` steps, and what became of it. */
  function model(count: number, failing = false) {
    const seen = { made: 0, disposed: 0 };
    const person = { dispose: () => seen.disposed++ } as unknown as InvertedPerson;
    const invert = async (_photo: unknown, { onStep, signal }: InvertOptions = {}): Promise<InvertedPerson> => {
      for (let index = 0; index < count; index++) {
        if (signal?.aborted) throw new HyperStyleError('aborted', 'stopped');
        seen.made++;
        await onStep?.({ index } as InversionStep);
      }
      if (failing) throw new HyperStyleError('memory', 'no room');
      return person;
    };
    return { seen, person, invert };
  }
  const photo = new Blob();

  it('come one by one, the next when it is asked for; the person is at the end', async () => {
    const made = model(3);
    const steps = stepsOf(made, photo);
    const indices: number[] = [];
    for await (const { index } of steps) {
      indices.push(index);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(made.seen.made).toBe(index + 1);
    }
    expect(indices).toEqual([0, 1, 2]);
    expect(await steps.person).toBe(made.person);
    expect(made.seen.disposed).toBe(0);
  });

  it('end with the loop that leaves early, and throw what stopped them', async () => {
    const made = model(50);
    for await (const { index } of stepsOf(made, photo)) if (index === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(made.seen.made).toBe(2);
    const whole = async (): Promise<void> => {
      for await (const _ of stepsOf(model(2, true), photo));
    };
    expect(await failure(whole())).toMatchObject({ code: 'memory' });
  });
});
