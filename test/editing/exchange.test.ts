/** The authors' `.npy` results: read from every pickle protocol, written so that they read back the same. */
import { describe, expect, it } from 'vitest';
import { readLatents, readWeightDeltas, writeLatents, writeWeightDeltas } from '../../src/editing/exchange.ts';
import { openNpy } from '../../src/weights/npy.ts';
import { writeNpy } from '../../src/weights/npy-writer.ts';
import { type ByteSource, bytesSource } from '../../src/weights/random-access.ts';
import { expectRefusal, latin1 } from '../weights/support.ts';
import { BASE_SPACE, entryOf, golden, SPACE_256, tensorsOf } from './support.ts';

describe('latents.npy', () => {
  it.each(['', '.protocol2', '.protocol4'])('reads export-latents%s', async (protocol) => {
    const values = await tensorsOf('export-latents');
    const { names } = await entryOf('export-latents');
    const latents = await readLatents(await golden(`export-latents${protocol}.npy`), BASE_SPACE);
    expect([...latents.keys()]).toEqual(names);
    [...latents.values()].forEach((read, i) => {
      expect(read).toEqual(values(`out.latent${i}`));
    });
  });

  it('writes what it reads', async () => {
    const latents = await readLatents(await golden('export-latents.npy'), BASE_SPACE);
    const written = bytesSource('latents.npy', writeLatents(latents, BASE_SPACE));
    expect(await readLatents(written, BASE_SPACE)).toEqual(latents);
  });

  it('refuses latents of another generator', async () => {
    const attempt = readLatents(await golden('export-latents.npy'), SPACE_256);
    await expectRefusal(attempt, /"anna.jpg": 240 latent values, this model's are \[14, 16\]/);
  });
});

describe('weight_deltas', () => {
  it('reads and writes offsets, None where a layer is not tuned', async () => {
    const values = await tensorsOf('export-weight-deltas');
    const deltas = await readWeightDeltas(await golden('export-weight-deltas.npy'), BASE_SPACE);
    const { untuned } = await entryOf('export-weight-deltas');
    expect(deltas.flatMap((delta, i) => (delta ? [] : [i]))).toEqual(untuned);
    for (const layer of [10, 12]) expect(deltas[layer]?.data).toEqual(values(`out.delta${layer}`));
    const written = bytesSource('anna.npy', writeWeightDeltas(deltas, BASE_SPACE));
    expect(await readWeightDeltas(written, BASE_SPACE)).toEqual(deltas);
  });

  it('refuses offsets of another generator', async () => {
    const attempt = readWeightDeltas(await golden('export-weight-deltas.npy'), SPACE_256);
    await expectRefusal(attempt, /offsets of 14 layers, this model has 20/);
  });
});

describe('.npy', () => {
  const numbers = (descr: string, shape: string, bytes: Uint8Array): ByteSource => {
    const header = `{'descr': '${descr}', 'fortran_order': True, 'shape': ${shape}, }`.padEnd(117);
    const head = latin1(`\x93NUMPY\x01\0\x76\0${header}\n`);
    return bytesSource('a.npy', Uint8Array.from([...head, ...bytes]));
  };

  it('reads column-major arrays by their strides', async () => {
    const data = new Uint8Array(Float64Array.of(1, 2, 3, 4, 5, 6).buffer);
    const file = await openNpy(numbers('<f8', '(2, 3)', data));
    if (file.kind !== 'numbers') throw new Error('no numbers');
    expect([...(await file.tensor.read())]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('writes numbers that read back', async () => {
    const array = { shape: [2, 2], data: Float32Array.of(1, -2, 3, 0.5) };
    const file = await openNpy(bytesSource('b.npy', writeNpy(array)));
    if (file.kind !== 'numbers') throw new Error('no numbers');
    expect(file.tensor.shape).toEqual(array.shape);
    expect(await file.tensor.read()).toEqual(array.data);
  });

  it('refuses what it cannot read', async () => {
    await expectRefusal(openNpy(numbers('>f4', '(1,)', new Uint8Array(4))), /element type ">f4" is not read/);
    await expectRefusal(openNpy(numbers('<f4', '(3,)', new Uint8Array(8))), /needs 12 bytes, the file has 8/);
    await expectRefusal(openNpy(bytesSource('c.npy', latin1('PK\x03\x04 something'))), /does not start like a .npy/);
    await expectRefusal(
      openNpy(bytesSource('d.npy', latin1('\x93NUMPY\x09\0\x76\0'))),
      /format version 9|does not start/,
    );
  });

  it('never calls what an object array names', async () => {
    const header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }".padEnd(117);
    const evil = bytesSource(
      'evil.npy',
      latin1(`\x93NUMPY\x01\0\x76\0${header}\n\x80\x03cos\nsystem\nX\x02\0\0\0ls\x85R.`),
    );
    await expectRefusal(openNpy(evil), /asks for os.system, which is not on the list/);
  });
});
