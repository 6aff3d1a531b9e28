/**
 * Losses whose networks come from files, and MS-SSIM, added to a model by its public object: tuning takes them, and
 * says their values.
 */
import { expect, it } from 'vitest';
import { bytesSource } from '../../src/weights/random-access.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { identityShapes, lossFile, mocoShapes } from '../weights/loss-shapes.ts';
import { smallModel, testPicture } from './small-model.ts';

/** Four networks forward and back compile for a while on a CPU adapter. */
const TIMEOUT_MS = 300_000;

it('tunes to identity, MoCo and MS-SSIM', { timeout: TIMEOUT_MS }, async () => {
  const { device } = await sharedDevice();
  const hs = await smallModel(device);
  const photo = testPicture(64, 64);
  const loss = { l2: 0, id: 1, moco: 1, 'ms-ssim': 0.1 };
  await expect(hs.pivot(photo, { from: 'w', loss })).rejects.toThrow(
    /loss\.id is above 0, but its network has not been added: call addIdentity/,
  );
  const moco = bytesSource('moco.pth', lossFile(mocoShapes()));
  await expect(hs.addIdentity([moco])).rejects.toMatchObject({ code: 'model' });
  await hs.addIdentity([bytesSource('ir_se50.pth', lossFile(identityShapes()))]);
  await hs.addMoco([moco]);
  const found: Readonly<Record<string, number>>[] = [];
  const person = await hs.pivot(photo, {
    from: 'w',
    steps: 2,
    rate: 2e-3,
    every: 1,
    loss,
    onProgress: ({ losses }) => void found.push(losses),
  });
  const [first = {}, , last = {}] = found;
  expect(Object.keys(first)).toEqual(['id', 'moco', 'ms-ssim', 'total']);
  for (const name of ['id', 'moco', 'ms-ssim']) expect(first[name], name).toBeGreaterThan(0);
  expect(last.total).toBeLessThan(first.total ?? 0);
  person.dispose();
  hs.dispose();
});
