/** Files of the identity network and of MoCo's: found by their keys, read in order, refused by name. */
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { identitySource } from '../../src/weights/identity-files.ts';
import { lossReaderOf } from '../../src/weights/loss-files.ts';
import { mocoSource } from '../../src/weights/moco-files.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { identityShapes, lossFile, mocoShapes } from './loss-shapes.ts';

const opened = (shapes: ReturnType<typeof mocoShapes>) => openCheckpoint(bytesSource('file.pth', lossFile(shapes)));

describe('the identity network', () => {
  it('is told from a W encoder, and its stages are where channels grow', async () => {
    const file = await opened(identityShapes());
    expect(lossReaderOf([file])?.name).toBe('identity network');
    expect(identitySource([file]).units).toEqual([1, 1, 1, 1]);
  });

  it('is refused when it reads another side, or a tensor does not fit', async () => {
    const shapes = identityShapes();
    const other = await opened({ ...shapes, 'output_layer.3.weight': [5, 10 * 16] });
    expect(() => identitySource([other])).toThrow(/reads 160 numbers, after 4 stages .* there are 490/);
    const wrong = await opened({ ...shapes, 'body.1.res_layer.3.weight': [6, 7, 3, 3] });
    expect(() => identitySource([wrong])).toThrow(/"body\.1\.res_layer\.3\.weight" has shape \[6,7,3,3\].*\[6,6,3,3\]/);
    const { 'output_layer.4.bias': _, ...less } = shapes;
    const missing = await opened(less);
    expect(() => identitySource([missing])).toThrow(/needs "output_layer\.4\.bias" \[5\], which is missing/);
  });
});

describe("MoCo's network", () => {
  it("is the queries' encoder, whatever stands beside it", async () => {
    const file = await opened(mocoShapes());
    expect(lossReaderOf([file])?.name).toBe("MoCo's network");
    const { units, tensors } = mocoSource([file]);
    expect(units).toEqual([1, 1, 1, 1]);
    expect([...tensors.keys()].some((key) => key.includes('fc'))).toBe(false);
  });

  it('is refused when a file is another', async () => {
    const identity = await opened(identityShapes());
    expect(() => mocoSource([identity])).toThrow(/no network of MoCo/);
    const moco = await opened(mocoShapes());
    expect(() => identitySource([moco])).toThrow(/no identity network/);
    expect(lossReaderOf([])).toBeUndefined();
  });
});
