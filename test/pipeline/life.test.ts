/**
 * What waits for a GPU ends with it, with the caller's patience, or with a refused command; on devices that do
 * nothing but get lost.
 */
import { describe, expect, it, vi } from 'vitest';
import { HyperStyleError } from '../../src/errors.ts';
import { Calls } from '../../src/runtime/calls.ts';
import { Life } from '../../src/runtime/life.ts';

/** A device to lose, and to make mistakes on. */
function device() {
  const target = new EventTarget();
  let lose: (info: { reason: string; message: string }) => void = () => undefined;
  const lost = new Promise((resolve) => {
    lose = resolve;
  });
  const remove = vi.fn(target.removeEventListener.bind(target));
  const add = vi.fn(target.addEventListener.bind(target));
  const own = { lost, pushErrorScope: () => undefined, popErrorScope: async () => null };
  const made = Object.assign(own, { addEventListener: add, removeEventListener: remove });
  const refuse = (message: string) =>
    target.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: { message } }));
  return {
    device: made as unknown as GPUDevice,
    lose: (message = '') => lose({ reason: 'unknown', message }),
    refuse,
    add,
    remove,
  };
}

const never = () => new Promise<never>(() => undefined);
const later = <T>(value: T, ms = 30) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));
const LOST = {
  name: 'HyperStyleError',
  code: 'device',
  message: /the GPU was lost \(unknown: fell out\): load the model again/,
};
const ABORTED = { code: 'aborted' };

describe('a wait', () => {
  it('gives what the work gives, and throws what it throws', async () => {
    const life = new Life(device().device);
    expect(await life.wait(later(7))).toBe(7);
    const error = new HyperStyleError('file', 'damaged');
    await expect(life.wait(Promise.reject(error))).rejects.toBe(error);
    await expect(life.wait(Promise.reject(new TypeError('raw')))).rejects.toThrow('raw');
  });

  it('ends when the GPU is lost, however the work takes it', async () => {
    for (const work of [never(), later(0, 60_000).then(() => Promise.reject(new Error('late')))]) {
      const { device: gpu, lose } = device();
      const waiting = new Life(gpu).wait(work);
      lose('fell out');
      await expect(waiting).rejects.toMatchObject(LOST);
    }
  });

  it('names the loss where an error came of it that was told first', async () => {
    for (const error of [
      new DOMException('mapAsync', 'AbortError'),
      new HyperStyleError('shader', 'does not compile'),
    ]) {
      const { device: gpu, lose } = device();
      const life = new Life(gpu);
      const waiting = life.wait(Promise.reject(error));
      setTimeout(() => lose('fell out'), 20);
      await expect(waiting).rejects.toMatchObject(LOST);
      await expect(life.wait(later(1))).rejects.toMatchObject(LOST);
      expect(() => life.ensureAlive()).toThrow(/fell out/);
    }
  });

  it('ends at once when the caller stops it, and gives a late result back', async () => {
    const life = new Life(device().device);
    const stop = new AbortController();
    const discard = vi.fn();
    const waiting = life.wait(later('late', 60), { signal: stop.signal, discard });
    stop.abort();
    const since = performance.now();
    await expect(waiting).rejects.toMatchObject(ABORTED);
    expect(performance.now() - since).toBeLessThan(50);
    await expect(life.wait(never(), { signal: stop.signal })).rejects.toMatchObject(ABORTED);
    await vi.waitFor(() => expect(discard).toHaveBeenCalledWith('late'));
  });

  it('lets work know that nobody waits for it', async () => {
    const { device: gpu, lose } = device();
    const signals: AbortSignal[] = [];
    const working = new Life(gpu).during((signal) => {
      signals.push(signal);
      return never();
    });
    lose();
    await expect(working).rejects.toMatchObject({ code: 'device' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('is over with its first reason, and listens no more', async () => {
    const { device: gpu, lose, add, remove } = device();
    const life = new Life(gpu);
    const waiting = life.wait(never());
    life.end(new HyperStyleError('device', 'disposed of'));
    lose();
    await expect(waiting).rejects.toThrow('disposed of');
    await expect(life.during(never)).rejects.toThrow('disposed of');
    expect(remove.mock.calls).toEqual(add.mock.calls);
  });
});

describe('a refused command', () => {
  it('fails the call that caused it, and no other', async () => {
    const { device: gpu, refuse } = device();
    const calls = new Calls(new Life(gpu));
    refuse('of nobody');
    const discard = vi.fn();
    const results = await Promise.allSettled([
      calls.exclusive(async () => 1),
      calls.exclusive(
        async () => {
          refuse('first one\nwith more lines');
          refuse('second one');
          return 2;
        },
        { discard },
      ),
      calls.exclusive(async () => 3),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({
      reason: { code: 'device', message: /refused a command \(first one\): update/ },
    });
    expect(discard).toHaveBeenCalledWith(2);
  });
});

describe('calls', () => {
  const queue = () => {
    const { device: gpu, lose } = device();
    const life = new Life(gpu);
    return { calls: new Calls(life), life, lose };
  };

  it('come one after another, also after one that was stopped or failed', async () => {
    const { calls } = queue();
    const order: string[] = [];
    const call =
      (name: string, fails = false) =>
      async () => {
        order.push(`${name} begins`);
        await later(0, 20);
        order.push(`${name} ends`);
        if (fails) throw new HyperStyleError('option', name);
        return name;
      };
    const stop = new AbortController();
    const first = calls.exclusive(call('first'), { signal: stop.signal });
    const second = calls.exclusive(call('second', true));
    const third = calls.exclusive(call('third'), { signal: stop.signal });
    const fourth = calls.exclusive(call('fourth'));
    await later(0, 5);
    stop.abort();
    await expect(first).rejects.toMatchObject(ABORTED);
    await expect(third).rejects.toMatchObject(ABORTED);
    await expect(second).rejects.toThrow('second');
    expect(await fourth).toBe('fourth');
    expect(order).toEqual(['first', 'second', 'fourth'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('that a function waits for inside another call are refused by name; both go on', async () => {
    const { calls } = queue();
    const inner = () => calls.exclusive(async () => 'inner');
    for (const callback of [inner, async () => await later(0).then(inner)]) {
      const outer = calls.exclusive(() => calls.outside(callback));
      await expect(outer).rejects.toMatchObject({ code: 'option', message: /inside onStep, which is waited for/ });
    }
    const late = calls.exclusive(() => calls.outside(() => void inner().catch(expect.fail)));
    await late;
    expect(await calls.exclusive(async () => 'after')).toBe('after');
  });

  it('end with a function that never returns when they are stopped, or the model is gone', async () => {
    const { calls, life } = queue();
    const stop = new AbortController();
    const running = calls.exclusive(() => calls.outside(never, stop.signal), { signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject(ABORTED);
    expect(await calls.exclusive(async () => 1)).toBe(1);
    const other = calls.exclusive(() => calls.outside(never));
    await later(0, 5);
    life.end(new HyperStyleError('device', 'disposed of'));
    await expect(other).rejects.toThrow('disposed of');
    await expect(calls.exclusive(async () => 1)).rejects.toThrow('disposed of');
  });
});
