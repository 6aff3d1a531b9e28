/** Identity files: whose they are, what they hold, how large they are. No GPU. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convert } from '../../cli/convert/convert.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { checkPersonValues, decodeIdentity, encodeIdentity, type IdentityOptions } from '../../src/api/identity.ts';
import { Marking, type ModelMark } from '../../src/api/model-mark.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { openNodeFolder } from '../../src/node/node-file.ts';
import { elementCount } from '../../src/tensor.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';
import { networkOf } from '../models/network-of.ts';
import { tinyCheckpoint } from '../weights/support.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'hyperstyle-identity-'));
  for (const file of ['hyperstyle', 'w_encoder'] as const)
    await writeFile(join(work, file), await tinyCheckpoint(file));
});
afterAll(() => rm(work, { recursive: true }));

const checkpoints = async (): Promise<WeightSource> =>
  checkpointSource(
    await openCheckpoint(bytesSource('h.pt', await tinyCheckpoint('hyperstyle'))),
    await openCheckpoint(bytesSource('e.pt', await tinyCheckpoint('w_encoder'))),
  );

/** The mark of a source, with one tensor's first value changed on its way. */
async function markOf(source: WeightSource, changed?: string): Promise<ModelMark> {
  const stream: WeightSource['stream'] = (visit, options) =>
    source.stream((info, bytes, row) => {
      const copy = bytes.slice();
      if (info.name === changed && row === 0) copy[0] = (copy[0] ?? 0) ^ 1;
      return visit(info, copy, row);
    }, options);
  const marking = new Marking({ ...source, stream });
  await marking.source.stream(() => undefined);
  return marking.mark();
}

describe('a mark', () => {
  it('is the same for every conversion of a checkpoint', async () => {
    const expected = await markOf(await checkpoints());
    for (const dtype of ['f32', 'f16', 'int8'] as const) {
      const out = join(work, dtype);
      const inputs: [string, string] = [join(work, 'hyperstyle'), join(work, 'w_encoder')];
      await convert({ inputs, out, dtype, dryRun: false, directions: [], print: () => undefined });
      const files = await openNodeFolder(out);
      expect(await markOf(await openModelFolder(files)), dtype).toEqual(expected);
      await Promise.all(files.map((file) => file.close()));
    }
  });

  it('is another one for another hypernetwork, down to a bit, or another average', async () => {
    const source = await checkpoints();
    const expected = await markOf(source);
    const vectors = [...source.tensors.values()].filter((t) => t.name.startsWith('hypernet.') && t.shape.length === 1);
    expect(vectors.length).toBeGreaterThan(10);
    for (const { name } of [vectors[0], vectors.at(-1)] as TensorInfo[]) {
      const { hypernetwork, ...same } = await markOf(source, name);
      expect(hypernetwork, name).not.toBe(expected.hypernetwork);
      expect(expected).toMatchObject(same);
    }
    expect((await markOf(source, 'latent_avg')).latents).not.toBe(expected.latents);
    expect(await markOf(source, 'decoder.conv1.conv.weight')).toEqual(expected);
  });
});

const PUBLISHED = networkOf(fakeModel('ffhq').architecture, DEFAULT_FACTS);
const MARK: ModelMark = { architecture: 'sizes', latents: 'average', hypernetwork: 'vectors' };

/** A person of the published model with one latent row, or one a layer. */
function person(rows: 'equal' | 'different', changed: (sums: Float32Array[]) => void = () => undefined) {
  const { latentCount, styleDim } = PUBLISHED.architecture;
  const row = randomArray('row', styleDim);
  const all = Float32Array.from({ length: latentCount * styleDim }, (_, i) => row[i % styleDim] ?? 0);
  const base = rows === 'equal' ? all : randomArray('rows', all.length);
  const sums = PUBLISHED.sums.map(({ name, shape }) => randomArray(name, elementCount(shape)));
  changed(sums);
  return { base, sums, steps: 5 };
}

const written = (values: ReturnType<typeof person>, options?: IdentityOptions) =>
  encodeIdentity(PUBLISHED, 'faces', MARK, values, options);

describe('an identity', () => {
  it('of the published model takes at most 40 KB, in f16 half of it', () => {
    expect(written(person('equal')).length).toBeLessThanOrEqual(40_000);
    expect(written(person('equal'), { dtype: 'f16' }).length).toBeLessThanOrEqual(20_500);
    expect(written(person('different')).length).toBeGreaterThan(70_000);
  });

  it.each(['equal', 'different'] as const)('comes back exactly, rows %s', async (rows) => {
    const values = person(rows);
    expect(await decodeIdentity(PUBLISHED, MARK, written(values))).toEqual(values);
  });

  it('keeps the latents of ReStyle-e4e, which a file without them is read without', async () => {
    const { latentCount, styleDim } = PUBLISHED.architecture;
    const values = { ...person('equal'), restyled: randomArray('restyled', latentCount * styleDim) };
    expect(await decodeIdentity(PUBLISHED, MARK, written(values))).toEqual(values);
    expect(await decodeIdentity(PUBLISHED, MARK, written(person('equal')))).not.toHaveProperty('restyled');
    const copy = checkPersonValues(PUBLISHED, values);
    expect(copy).toEqual(values);
    expect(copy.restyled).not.toBe(values.restyled);
    expect(() => checkPersonValues(PUBLISHED, { ...values, restyled: new Float32Array(3) })).toThrow(
      /"ReStyle latents" is .*, expected \d+ numbers/,
    );
  });

  it('comes back nearly in f16, numbers beyond its range exactly', async () => {
    const values = person('equal', ([first]) => first?.set([1e6, -7e4], 3));
    const back = await decodeIdentity(PUBLISHED, MARK, written(values, { dtype: 'f16' }));
    expect(back.sums[0]).toEqual(values.sums[0]);
    values.sums.slice(1).forEach((sum, i) => {
      const off = Array.from(sum, (value, j) => Math.abs((back.sums[i + 1]?.[j] ?? Number.NaN) - value));
      expect(Math.max(...off)).toBeLessThan(1e-3);
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is neither written nor read with %s in it', async (value) => {
    const values = person('equal', ([first]) => first?.fill(value, 0, 1));
    expect(() => written(values)).toThrow(
      expect.objectContaining({ code: 'device', message: expect.stringMatching(`${value}`) }),
    );
    const file = written(person('different'));
    new DataView(file.buffer).setFloat32(file.length - 4, value, true);
    const refused = { code: 'file', message: expect.stringMatching(`holds ${value}: the file is damaged`) };
    await expect(decodeIdentity(PUBLISHED, MARK, file)).rejects.toMatchObject(refused);
  });

  it('is refused by name where its mark is another one, or none', async () => {
    const file = written(person('equal'));
    for (const part of ['architecture', 'latents', 'hypernetwork'] as const) {
      const message = new RegExp(
        `made with "faces" \\(${part} .*, this model's is other; load the model it was made with`,
      );
      await expect(decodeIdentity(PUBLISHED, { ...MARK, [part]: 'other' }, file)).rejects.toMatchObject({
        code: 'model',
        message,
      });
    }
    const { hypernetwork, ...old } = MARK;
    const unmarked = encodeIdentity(PUBLISHED, 'faces', old as ModelMark, person('equal'));
    await expect(decodeIdentity(PUBLISHED, MARK, unmarked)).rejects.toThrow(/\(hypernetwork not said\)/);
    expect(() => written(person('equal'), { dtype: 'int8' as 'f16' })).toThrow(/dtype is "int8", expected f32, f16/);
    expect(hypernetwork).toBe('vectors');
  });
});
