/** A model that is opened again when its GPU is lost, with models that only note what they are asked. */
import { describe, expect, it, vi } from 'vitest';
import type { HyperStyle } from '../../src/api/hyperstyle.ts';
import { loadRecovering } from '../../src/api/load-recovering.ts';
import { type Loss, RecoveringModel } from '../../src/api/recovering.ts';
import { HyperStyleError } from '../../src/errors.ts';

const VALUES = { base: Float32Array.of(1), sums: [], steps: 2 };
const PHOTO = new Blob([]);

/** A model whose GPU can be taken away. */
function fake(name: string, atE4e = async (): Promise<void> => undefined) {
  const said: string[] = [];
  let lose: (info: GPUDeviceLostInfo) => void = () => undefined;
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve;
  });
  let gone = false;
  const guard = (): void => {
    if (gone) throw new HyperStyleError('device', 'the GPU was lost');
  };
  const person = (from: string) => ({
    steps: [{ index: 2, l2: 0.25, picture: {} }],
    picture: { draw: guard, toImageData: async () => name },
    values: async () => VALUES,
    edit: async (edits: object) => {
      guard();
      said.push(`edit ${JSON.stringify(edits)}`);
    },
    draw: guard,
    in: async (domain: string) => said.push(`in ${domain}`),
    dispose: () => said.push(`dispose ${from}`),
  });
  /** Notes what it is asked. */
  const noting = (what: string) => async (given: unknown) => {
    guard();
    said.push(`${what} ${typeof given === 'string' ? given : ''}`.trim());
    return person(what);
  };
  const hs = {
    addDirections: noting('directions'),
    addDomain: noting('domain'),
    mix: noting('mix'),
    animate: noting('animate'),
    name,
    architecture: {},
    adapter: name,
    lost,
    addE4e: async (_file: unknown, given: object) => {
      said.push(`e4e with ${Object.entries(given).flatMap(([name, value]) => (value ? [name] : []))}`);
      await atE4e();
      guard();
    },
    invert: async () => {
      guard();
      said.push('invert');
      return person('inverted');
    },
    restore: async () => {
      guard();
      said.push('restore');
      return person('restored');
    },
    dispose: () => said.push('dispose'),
  };
  const end = (): void => {
    gone = true;
    lose({ reason: 'unknown', message: 'driver' } as GPUDeviceLostInfo);
  };
  return { hs: hs as unknown as HyperStyle, said, end };
}

async function recovering(models: readonly (ReturnType<typeof fake> | Error)[], attempts?: number) {
  const losses: Loss[] = [];
  let opened = 0;
  const open = async (): Promise<HyperStyle> => {
    const next = models[opened++];
    if (!next || next instanceof Error) throw next ?? new Error('no adapter');
    return next.hs;
  };
  const model = await RecoveringModel.over(open, { attempts, onLost: (loss) => losses.push(loss) });
  return { model, losses, opened: () => opened };
}

describe('a lost GPU', () => {
  it('is opened again; people are there as they were shown, and what waits goes on', async () => {
    const [first, second] = [fake('first'), fake('second')];
    const { model, losses } = await recovering([first, second]);
    const person = await model.invert(PHOTO);
    await person.edit({ smile: 1 });
    first.end();
    const other = await model.invert(PHOTO);
    expect(second.said).toEqual(['restore', 'edit {"smile":1}', 'invert']);
    expect(await person.toImageData().catch(String)).not.toContain('lost');
    expect([model.adapter, await person.picture.toImageData()]).toEqual(['second', 'second']);
    expect(person.steps.map(({ index, l2 }) => [index, l2])).toEqual([[2, 0.25]]);
    expect(losses).toEqual([{ reason: 'unknown', message: 'driver', recovered: true, attempts: 1 }]);
    other.dispose();
    person.dispose();
    model.dispose();
    expect((await model.lost).reason).toBe('destroyed');
  });

  it('leaves sliders and domains that were added, and people who are mixed, moved and shown there', async () => {
    const [first, second] = [fake('first'), fake('second')];
    const { model } = await recovering([first, second]);
    await model.addDirections([]);
    await model.addDomain('bronze', 'a.pt');
    const person = await model.invert(PHOTO);
    first.end();
    await model.mix([{ person, weight: 1 }]);
    await model.animate({ keyframes: [{ at: 0, people: person }] });
    await person.in('bronze');
    expect(second.said).toEqual(['directions', 'domain bronze', 'restore', 'mix', 'animate', 'in bronze']);
    const stranger = { person: {} as typeof person, weight: 1 };
    await expect(model.mix([stranger])).rejects.toThrow(/mix: person 0 is .*expected a person of this model/);
    model.dispose();
  });

  it('while an encoder is added leaves the call its signal and listener; they do not outlive the call', async () => {
    const [second, third] = [fake('second'), fake('third')];
    const first = fake('first', async () => first.end());
    const { model } = await recovering([first, second, third]);
    await model.addE4e(new File([], 'e4e.pt'), { signal: new AbortController().signal, onProgress: () => undefined });
    second.end();
    await model.restore(VALUES);
    const [whole, later] = ['e4e with signal,onProgress', 'e4e with '];
    expect([first.said[0], second.said[0], third.said[0]]).toEqual([whole, whole, later]);
    model.dispose();
  });

  it.each(['addE4e', 'addRestyle'] as const)('or not, options of %s that are none are refused', async (add) => {
    const { model } = await recovering([fake('first')]);
    await expect(model[add](new File([], 'e.pt'), null as never)).rejects.toThrow(/options of .* are null/);
    model.dispose();
  });

  it('is tried a few times, then given up: whoever calls is told why', async () => {
    vi.useFakeTimers();
    try {
      const first = fake('first');
      const { model, losses, opened } = await recovering([first, new Error('busy'), new Error('gone')], 2);
      first.end();
      const call = model.invert(PHOTO).catch((error: unknown) => error);
      await vi.runAllTimersAsync();
      expect(await call).toMatchObject({ code: 'device', message: expect.stringContaining('gone') });
      expect(losses).toEqual([{ reason: 'unknown', message: 'driver', recovered: false, attempts: 2 }]);
      expect(opened()).toBe(3);
      expect(await model.lost).toMatchObject({ reason: 'unknown' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not bring back who was disposed of, and an error of another kind is not taken for one', async () => {
    const [first, second] = [fake('first'), fake('second')];
    const { model } = await recovering([first, second]);
    const person = await model.invert(PHOTO);
    await expect(person.edit({}).then(() => person.pasteInto(PHOTO))).rejects.toThrow(TypeError); // the fake has none
    person.dispose();
    first.end();
    await model.restore(VALUES);
    expect(second.said).toEqual(['restore']);
    await expect(person.edit({})).rejects.toThrow(/was disposed of/);
    model.dispose();
  });
});

it.each([
  [{ attempts: 1.5 }, /attempts is 1.5/],
  [{ device: {} }, /cannot be opened again/],
  [{ onLost: 1 }, /onLost is 1/],
])('refuses %j', async (options, message) => {
  await expect(loadRecovering('/model/', options as never)).rejects.toThrow(message);
});
