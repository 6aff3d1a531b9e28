/** Domains that are slow to come, or never do: who waits for them, and what may be tried again. No GPU: mounting is played. */
import { afterEach, expect, it, vi } from 'vitest';
import { Domains } from '../../src/api/domains.ts';
import { HyperStyleError } from '../../src/errors.ts';
import { Domain } from '../../src/method/domain.ts';
import type { Engine } from '../../src/method/engine.ts';
import { Calls } from '../../src/runtime/calls.ts';
import { Life } from '../../src/runtime/life.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const nothing = (): undefined => undefined;

function stage(open: (signal?: AbortSignal) => Promise<WeightSource>) {
  const device = Object.assign(new EventTarget(), {
    lost: new Promise(nothing),
    pushErrorScope: nothing,
    popErrorScope: async () => null,
  }) as unknown as GPUDevice;
  const life = new Life(device);
  const calls = new Calls(life);
  const engine = { runtime: { life }, exclusive: calls.exclusive.bind(calls) } as unknown as Engine;
  const mount = vi.spyOn(Domain, 'mount').mockImplementation(async (_, name) => ({ name }) as Domain);
  return { life, mount, domains: new Domains(engine, new Map([['bronze', open]])) };
}

const source = { name: 'bronze' } as WeightSource;

it('two callers share one mount, and both hear that it failed; the next one tries again', async () => {
  const open = vi.fn().mockRejectedValueOnce(new HyperStyleError('network', 'no way')).mockResolvedValue(source);
  const { domains, mount } = stage(open);
  const both = await Promise.allSettled([domains.get('bronze'), domains.get('bronze')]);
  expect(both).toMatchObject([{ reason: { code: 'network' } }, { reason: { code: 'network' } }]);
  expect(open).toHaveBeenCalledTimes(1);
  const [first, second] = await Promise.all([domains.get('bronze'), domains.get('bronze')]);
  expect(first).toBe(second);
  expect(mount).toHaveBeenCalledTimes(1);
  expect(domains.names).toEqual(['bronze']);
});

it('a name is taken while its domain is on the way, and free again when that fails', async () => {
  const { domains, mount } = stage(async () => source);
  mount.mockRejectedValueOnce(new HyperStyleError('tensor', 'of another generator'));
  const adding = domains.add('sketch', source);
  await expect(domains.add('sketch', source)).rejects.toMatchObject({ code: 'option' });
  await expect(adding).rejects.toMatchObject({ code: 'tensor' });
  await domains.add('sketch', source);
  expect(domains.names).toEqual(['bronze', 'sketch']);
});

it('whoever waits hears at once that the model was disposed of, and the download is stopped', async () => {
  let stopped: AbortSignal | undefined;
  const { domains, life } = stage((signal) => {
    stopped = signal;
    return new Promise(nothing);
  });
  const both = Promise.allSettled([domains.get('bronze'), domains.get('bronze')]);
  life.end(new HyperStyleError('device', 'this model was disposed of: load it again'));
  expect(await both).toMatchObject([{ reason: { code: 'device' } }, { reason: { code: 'device' } }]);
  expect(stopped?.aborted).toBe(true);
});
