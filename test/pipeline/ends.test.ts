/**
 * A GPU that is lost, a caller who stops and a model that is disposed of, at every stage there is something to wait for: each is
 * answered at once and by name, and nothing stays allocated. On a device that computes nothing, so that every stage is met.
 */
import { describe, expect, it, vi } from 'vitest';
import { syntheticSource } from '../../bench/suites/synthetic.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { HyperStyle, type LoadOptions } from '../../src/index.ts';
import { type FakeDevice, fakeDevice, passSelfTests } from '../setup/fake-device.ts';

passSelfTests();

const { architecture, widths } = fakeModel('tiny');
const SOURCE = syntheticSource(architecture, widths);
const PHOTO = { data: new Uint8ClampedArray(4 * 8 * 8), width: 8, height: 8 };
const LOST = {
  name: 'HyperStyleError',
  code: 'device',
  message: /the GPU was lost \(unknown: fell out\): load the model/,
};
const ABORTED = { name: 'HyperStyleError', code: 'aborted' };
const DISPOSED = { name: 'HyperStyleError', code: 'device', message: /this model was disposed of: load it again/ };
/**
 * Milliseconds within which a stop must be answered. Of computing, since a busy machine takes longer by the
 * clock; by all threads, so that the compiler's and the collector's count as well.
 */
const AT_ONCE = 100;
const computed = (): number => process.cpuUsage().user / 1000;

const quiet = { onWarning: () => undefined };
const load = (device: GPUDevice, options: LoadOptions = {}) =>
  HyperStyle.fromWeights(SOURCE, { device, ...quiet, ...options });

/** What people do with a model once it is loaded; each waits for the GPU. */
const USES: readonly [string, (hs: HyperStyle, signal?: AbortSignal) => Promise<unknown>][] = [
  ['invert', (hs, signal) => hs.invert(PHOTO, { steps: 2, signal })],
  ['generate', (hs) => hs.generate({ seed: 1, noise: 2 })],
];
const AFTER: readonly [
  string,
  (hs: HyperStyle, inversion: Awaited<ReturnType<HyperStyle['invert']>>) => Promise<unknown>,
][] = [
  ['edit', (_, inversion) => inversion.edit({})],
  ['identity', (_, inversion) => inversion.identity()],
  ['values', (_, inversion) => inversion.values()],
  ['toImageData', (_, inversion) => inversion.toImageData()],
  ['toFloats', (_, inversion) => inversion.picture.toFloats()],
  ['generate', (hs) => hs.generate()],
  ['invert', (hs) => hs.invert(PHOTO, { steps: 3 })],
];

/** The waits of a whole run, in order, told by what is waited for. */
async function waitsOf(
  work: (device: GPUDevice) => Promise<unknown>,
  features: readonly string[] = [],
): Promise<string[]> {
  const waits: string[] = [];
  await work(fakeDevice((what) => void waits.push(what), features).device);
  return waits;
}

/** Every kind of wait at its first and last place, and some between. */
function stages(waits: readonly string[]): number[] {
  const kinds = [...new Set(waits)].flatMap((kind) => [waits.indexOf(kind), waits.lastIndexOf(kind)]);
  const some = waits.map((_, i) => i).filter((i) => i % Math.ceil(waits.length / 4) === 0);
  return [...new Set([...kinds, ...some])].sort((a, b) => a - b);
}

/** The first, the last and one between. */
const few = (all: readonly number[]): number[] => [
  ...new Set([0, all.length >> 1, all.length - 1].map((i) => all[i] ?? 0)),
];

/** A device on which something happens at its n-th wait. */
function eventful(
  n: number,
  event: (fake: FakeDevice, what: string) => Promise<void> | void,
  features: readonly string[] = [],
) {
  let waits = 0;
  const fake: FakeDevice = fakeDevice((what) => (waits++ === n ? event(fake, what) : undefined), features);
  return { ...fake, device: fake.device, left: () => fake.live, reached: () => waits > n };
}

/** Whether a load came to the place; measuring ends by the clock, so that its last ones may not be reached. */
async function met(loading: Promise<HyperStyle>, { reached }: { reached(): boolean }): Promise<boolean> {
  const loaded = await loading.catch(() => null);
  loaded?.dispose();
  return loaded === null || reached();
}

const TUNING = { tune: 0.05, choiceStore: { get: async () => null, put: async () => undefined } };
const LOADS: readonly [string, LoadOptions, readonly string[]][] = [
  ['a load', {}, []],
  ['a load that times kernels', TUNING, ['timestamp-query']],
];

describe.each(LOADS)('%s', (_what, options, features) => {
  it('that loses its GPU says so, whether what waits for it fails or never ends', async () => {
    const waits = await waitsOf((device) => load(device, options), features);
    expect(new Set(waits)).toEqual(
      new Set(['popErrorScope', 'createComputePipelineAsync', 'mapAsync', 'onSubmittedWorkDone']),
    );
    let places = 0;
    for (const n of stages(waits)) {
      const fails = eventful(
        n,
        ({ lose }, what) => {
          setTimeout(() => lose('fell out'), 5);
          return Promise.reject(new DOMException(`${what} of a lost device`, 'AbortError'));
        },
        features,
      );
      const failed = load(fails.device, options);
      if (!(await met(failed, fails))) continue;
      await expect(failed, `${waits[n]} ${n} fails`).rejects.toMatchObject(LOST);
      const hangs = eventful(
        n,
        ({ lose }) => {
          lose('fell out');
          return new Promise(() => undefined);
        },
        features,
      );
      const hung = load(hangs.device, options);
      if (!(await met(hung, hangs))) continue;
      await expect(hung, `${waits[n]} ${n} hangs`).rejects.toMatchObject(LOST);
      places++;
    }
    expect(places).toBeGreaterThan(4);
  });

  it('that is stopped ends at once and leaves nothing behind', async () => {
    const waits = await waitsOf((device) => load(device, options), features);
    let places = 0;
    for (const n of stages(waits)) {
      const stop = new AbortController();
      let since = Number.POSITIVE_INFINITY;
      const fake = eventful(
        n,
        async () => {
          since = computed();
          stop.abort();
          await new Promise((resolve) => setTimeout(resolve, 2 * AT_ONCE));
        },
        features,
      );
      const loading = load(fake.device, { ...options, signal: stop.signal });
      if (!(await met(loading, fake))) continue;
      places++;
      await expect(loading, `${waits[n]} ${n}`).rejects.toMatchObject(ABORTED);
      expect(computed() - since, `${waits[n]} ${n}`).toBeLessThan(AT_ONCE);
      await vi.waitFor(() => expect(fake.left()).toBe(0));
    }
    expect(places).toBeGreaterThan(4);
  });
});

describe.each(USES)('%s', (name, use) => {
  /** Waits before `use`, and those of it. */
  async function waitsOfUse() {
    const all: string[] = [];
    const fake = fakeDevice((what) => void all.push(what));
    const hs = await load(fake.device);
    const before = all.length;
    await use(hs);
    return { before, waits: all.slice(before) };
  }

  it('names the loss of its GPU', async () => {
    const { before, waits } = await waitsOfUse();
    for (const n of stages(waits)) {
      const fake = eventful(before + n, ({ lose }) => {
        lose('fell out');
        return new Promise(() => undefined);
      });
      const hs = await load(fake.device);
      await expect(use(hs), `${waits[n]} ${n}`).rejects.toMatchObject(LOST);
      await expect(use(hs), 'afterwards').rejects.toMatchObject(LOST);
    }
  });

  it.runIf(name === 'invert')('ends at once when it is stopped; the next one works', async () => {
    const { before, waits } = await waitsOfUse();
    for (const n of stages(waits)) {
      const stop = new AbortController();
      let since = Number.POSITIVE_INFINITY;
      const fake = eventful(before + n, async () => {
        since = computed();
        stop.abort();
        await new Promise((resolve) => setTimeout(resolve, 2 * AT_ONCE));
      });
      const hs = await load(fake.device);
      await expect(use(hs, stop.signal), `${waits[n]} ${n}`).rejects.toMatchObject(ABORTED);
      expect(computed() - since, `${waits[n]} ${n}`).toBeLessThan(AT_ONCE);
      await use(hs);
    }
  });
});

describe.each(AFTER)('%s', (_name, use) => {
  it('of a model that is disposed of says so, whenever that happens', async () => {
    const all: string[] = [];
    const prepared = async (device: GPUDevice) => {
      const hs = await load(device);
      return { hs, inversion: await hs.invert(PHOTO, { steps: 1 }) };
    };
    const { hs: first, inversion } = await prepared(fakeDevice((what) => void all.push(what)).device);
    const before = all.length;
    await use(first, inversion);
    const counts = all.slice(before).map((_, n) => before + n);
    for (const n of few(counts)) {
      let dispose = (): void => undefined;
      const fake = eventful(n, () => dispose());
      const { hs, inversion: own } = await prepared(fake.device);
      dispose = () => hs.dispose();
      await expect(use(hs, own), `${all[n]} ${n}`).rejects.toMatchObject(DISPOSED);
      await vi.waitFor(() => expect(fake.left()).toBe(0));
    }
    const { hs, inversion: own } = await prepared(fakeDevice().device);
    const running = use(hs, own);
    hs.dispose();
    await expect(running, 'at once').rejects.toMatchObject(DISPOSED);
    await expect(use(hs, own), 'afterwards').rejects.toMatchObject({ name: 'HyperStyleError', message: /disposed of/ });
  });
});

describe('onStep', () => {
  it('may not wait for another call of its model, and may dispose of it', async () => {
    const hs = await load(fakeDevice().device);
    const circle = { code: 'option', message: /inside onStep, which is waited for/ };
    await expect(hs.invert(PHOTO, { onStep: async () => void (await hs.generate()) })).rejects.toMatchObject(circle);
    const asideMade: Promise<unknown>[] = [];
    await hs.invert(PHOTO, { steps: 1, onStep: () => void asideMade.push(hs.generate()) });
    await Promise.all(asideMade);
    await expect(hs.invert(PHOTO, { onStep: () => hs.dispose() })).rejects.toMatchObject(DISPOSED);
  });

  it('that never returns is left when the caller stops', async () => {
    const hs = await load(fakeDevice().device);
    const stop = new AbortController();
    const forever = { onStep: () => new Promise<void>(() => undefined), signal: stop.signal };
    const running = hs.invert(PHOTO, forever);
    setTimeout(() => stop.abort(), 20);
    await expect(running).rejects.toMatchObject(ABORTED);
    (await hs.invert(PHOTO, { steps: 1 })).dispose();
  });
});

describe('steps: 0', () => {
  it('gives y_0 alone, also of a model without hypernetwork', async () => {
    const alone = { ...architecture, hypernetwork: null };
    const plain = syntheticSource(alone, widths);
    const hs = await HyperStyle.fromWeights(plain, { device: fakeDevice().device, ...quiet });
    const inversion = await hs.invert(PHOTO, { steps: 0 });
    expect(inversion.steps.map(({ index }) => index)).toEqual([0]);
    const restored = await hs.restore(await inversion.identity());
    await restored.edit({});
    await expect(hs.invert(PHOTO)).rejects.toMatchObject({ code: 'model', message: /no hypernetwork: .*steps: 0/ });
    const whole = await load(fakeDevice().device);
    expect((await whole.invert(PHOTO, { steps: 0 })).steps).toHaveLength(1);
  });
});
