/** Checkpoints as people have them: saved by other scripts, under other names, with other things around the weights. */
import { describe, expect, test } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { type Checkpoint, openCheckpoint } from '../../src/weights/checkpoint.ts';
import { layoutTensors } from '../../src/weights/layout.ts';
import { PickledNamespace, PickledTensor, pickle } from '../../src/weights/pickle-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { contiguousStrides, memoryTensor, type StoredTensor } from '../../src/weights/stored-tensor.ts';
import { unifyModel } from '../../src/weights/unify.ts';
import { expectRefusal, fixture, latin1, tinyCheckpoint, valuesOf, zipBytes } from './support.ts';

const tiny = async (file: 'hyperstyle' | 'w_encoder', name = `${file}.pt`): Promise<Checkpoint> =>
  openCheckpoint(bytesSource(name, await tinyCheckpoint(file)));
const archive = async (program: Uint8Array, bytes = 16): Promise<Checkpoint> =>
  openCheckpoint(
    bytesSource(
      'x.pt',
      await zipBytes(async (zip) => {
        await zip.add('archive/data.pkl', [program]);
        await zip.add('archive/data/0', [new Uint8Array(bytes)]);
      }),
    ),
  );

describe('a generator of stylegan2-ada-pytorch, written by PyTorch', () => {
  test.each(['module.pt', 'module-legacy.pt', 'state.pt'])('%s is read like the .pkl', async (name) => {
    const pkl = unifyModel(await openCheckpoint(await fixture('generator.pkl')), null);
    const other = unifyModel(await openCheckpoint(await fixture(name)), null);
    expect(other.architecture).toEqual(pkl.architecture);
    expect([...other.tensors.keys()]).toEqual([...pkl.tensors.keys()]);
    for (const [key, tensor] of pkl.tensors) {
      expect(other.tensors.get(key)?.shape, key).toEqual(tensor.shape);
      expect(await valuesOf(other.tensors, key), key).toEqual(await valuesOf(pkl.tensors, key));
    }
  });

  test('what the file holds besides is told', async () => {
    const module = await openCheckpoint(await fixture('module.pt'));
    expect(module.leftOut).toEqual(['latent_avg', 'objects, of which nothing was run: __main__.Net']);
    expect((await openCheckpoint(await fixture('state.pt'))).leftOut).toEqual(['step']);
  });
});

describe('around.pt, written by PyTorch', () => {
  test('tensors with attributes are tensors', async () => {
    const { tensors } = await openCheckpoint(await fixture('around.pt'));
    expect(await valuesOf(tensors, 'plain')).toEqual([0, 1, 2]);
    expect(await valuesOf(tensors, 'tagged')).toEqual([0, 1, 2, 3]);
    expect(await valuesOf(tensors, 'parameter')).toEqual([0, 1, 2, 3, 4]);
    expect([...tensors.keys()]).toEqual(['plain', 'tagged', 'parameter']);
  });

  test('what training leaves beside weights is told and not run', async () => {
    const { leftOut } = await openCheckpoint(await fixture('around.pt'));
    expect(leftOut.join('; ')).toMatch(/dtype, counter, complex.*optimizer/);
    expect(leftOut.join('; ')).toMatch(
      /nothing was run: datetime\.datetime, functools\.partial, .*torch\.optim\.adam\.Adam/,
    );
  });
});

describe('inside a tensor', () => {
  /** `_rebuild_tensor_v2(storage, 0, (4,), (1,), False, hooks)` under `t`, each part replaceable. */
  const program = (parts: { storage?: string; hooks?: string } = {}): Uint8Array<ArrayBuffer> =>
    latin1(
      `\x80\x02}U\x01tctorch._utils\n_rebuild_tensor_v2\n((U\x07storage${parts.storage ?? 'ctorch\nFloatStorage\n'}U\x010U\x03cpuK\x04tQK\x00K\x04\x85K\x01\x85\x89${parts.hooks ?? 'N'}tRs.`,
    );

  test('the plain program is a tensor', async () => {
    expect(await valuesOf((await archive(program())).tensors, 't')).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ['hooks of an unknown class', { hooks: 'cevil\nHooks\n)R' }, /tensor "t" is made with evil\.Hooks/],
    ['an unknown function', { hooks: 'cos\nsystem\n' }, /tensor "t" is made with os\.system/],
    ['an unknown element type', { storage: 'cevil\nFloatStorage\n' }, /element type that is not read/],
    [
      'an element type that every object answers to',
      { storage: 'ctorch\ntoString\n' },
      /element type that is not read/,
    ],
  ])('%s is refused', async (_, parts, message) => {
    await expectRefusal(archive(program(parts)), message);
  });

  test('an unknown function behind attributes is refused', async () => {
    const typed = `\x80\x02}U\x01tctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nctorch\nTensor\n(U\x04echot}tRs.`;
    await expectRefusal(archive(latin1(typed)), /tensor "t" is made with os\.system/);
  });
});

describe('averages', () => {
  const average = async (value: Parameters<typeof pickle>[0]): Promise<number[]> => {
    const { tensors } = await archive(pickle({ latent_avg: value, other: new PickledTensor('0', 'f32', 4, [4], [1]) }));
    return valuesOf(tensors, 'latent_avg');
  };

  test('in a list of numbers, of lists, of tensors', async () => {
    expect(await average([1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
    expect(
      await average([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([1, 2, 3, 4]);
    const row = new PickledTensor('0', 'f32', 4, [2], [1]);
    expect(await average([row, row])).toEqual([0, 0, 0, 0]);
    expect(await average([row])).toEqual([0, 0]);
  });

  test('rows of different sizes are refused', async () => {
    const rows = [2, 3].map((n) => new PickledTensor('0', 'f32', 4, [n], [1]));
    await expectRefusal(average(rows), /list of 2 tensors that are no rows of one size/);
  });
});

describe('an architecture of unpublished sizes', () => {
  const ARCH = { input_size: 32, crop_rows: null, enc_units: [1, 2], hyper_units: [1, 1] };
  const asSafetensors = async (metadata: Record<string, string>): Promise<Checkpoint> => {
    const { tensors } = await tiny('hyperstyle');
    const all = await Promise.all(
      [...tensors].map(async ([name, t]) => ({ name, shape: t.shape, values: await t.read() })),
    );
    const header = safetensorsHeader(
      all.map(({ name, shape }) => ({ name, shape, dtype: 'f32' })),
      metadata,
    );
    const bytes = Buffer.concat([header, ...all.map(({ values }) => new Uint8Array(values.buffer))]);
    return openCheckpoint(bytesSource('h.safetensors', bytes));
  };

  test.each([
    ['arch', { arch: JSON.stringify(ARCH) }],
    ['opts.arch', { 'opts.arch': JSON.stringify(ARCH) }],
    ['opts', { opts: JSON.stringify({ arch: ARCH, dataset_type: 'faces' }) }],
  ])('is read from JSON text under %s in the metadata of safetensors', async (_, metadata) => {
    const { architecture } = unifyModel(await asSafetensors(metadata), await tiny('w_encoder'));
    expect(architecture).toEqual(unifyModel(await tiny('hyperstyle'), await tiny('w_encoder')).architecture);
  });

  test('text that is no JSON is named, and so is an architecture that is missing', async () => {
    await expectRefusal(
      asSafetensors({ arch: "{'input_size': 32}" }),
      /h\.safetensors: "arch" is text but no JSON object/,
    );
    const without = await asSafetensors({ opts: 'Namespace(size=4)' });
    expect(without.leftOut).toContain('"opts", which is text but no JSON object');
    const encoder = await tiny('w_encoder');
    expect(() => unifyModel(without, encoder)).toThrow(/in safetensors as JSON text under "arch"/);
  });

  test('is found beside the network, wherever that is', async () => {
    const t = new PickledTensor('0', 'f32', 4, [4], [1]);
    const opts = new PickledNamespace({ arch: ARCH });
    for (const root of [
      { t, opts },
      { t, net: { opts } },
      { t, a: { b: { opts } }, z: { opts: 1 } },
    ]) {
      const { opts: read } = await archive(pickle(root));
      expect(read.arch ?? (read as unknown)).toEqual('z' in root ? {} : ARCH);
    }
  });

  test('may be text in a torch file too', async () => {
    const opts = new PickledNamespace({ arch: JSON.stringify(ARCH) });
    const { opts: read } = await archive(pickle({ opts, t: new PickledTensor('0', 'f32', 4, [4], [1]) }));
    expect(read.arch).toEqual(ARCH);
  });
});

describe('the wrong file is named', () => {
  const without = (checkpoint: Checkpoint, prefix: string): Checkpoint['tensors'] =>
    new Map([...checkpoint.tensors].filter(([key]) => !key.startsWith(prefix)));
  const one = memoryTensor('x', [4], new Float32Array(4));

  test.each([
    [
      'encoder.styles.0.convs.0.weight',
      /e4e\.pt: is an e4e, pSp or ReStyle encoder \(encoder\.styles\.\*\); beside hyperstyle\.pt it must/,
    ],
    ['encoder.output_layer.3.weight', /e4e\.pt: is a face recognition network/],
  ])('an encoder with %s', async (key, message) => {
    const encoder = await tiny('w_encoder', 'e4e.pt');
    const other = { ...encoder, tensors: new Map([...without(encoder, 'encoder.linear'), [key, one]]) };
    const hyper = await tiny('hyperstyle');
    expect(() => unifyModel(hyper, other)).toThrow(message);
  });

  test('an encoder of another width, or cut off', async () => {
    const [hyper, encoder] = [await tiny('hyperstyle'), await tiny('w_encoder', 'wide.pt')];
    const wide = new Map(encoder.tensors).set(
      'encoder.linear.weight',
      memoryTensor('w', [64, 32], new Float32Array(2048)),
    );
    expect(() => unifyModel(hyper, { ...encoder, tensors: wide })).toThrow(
      /^wide\.pt: tensor "encoder\.linear\.weight"/,
    );
    const cut = without(encoder, 'encoder.body.2.');
    expect(() => unifyModel(hyper, { ...encoder, tensors: cut })).toThrow(/^wide\.pt: the encoder has 2 units/);
  });

  test('a second hypernetwork, a generator or directions in its place', async () => {
    const [hyper, encoder] = [await tiny('hyperstyle'), await tiny('w_encoder')];
    expect(() => unifyModel(hyper, { ...hyper, name: 'again.pt' })).toThrow(
      /again\.pt: holds no tensor "encoder\.\*", but a hypernetwork/,
    );
    const generator = { ...encoder, name: 'g.pt', tensors: without(encoder, 'encoder.') };
    expect(() => unifyModel(hyper, generator)).toThrow(/g\.pt: holds no tensor "encoder\.\*", but a generator/);
    const directions = { ...encoder, name: 'd.pt', tensors: new Map([['smile', one]]) };
    expect(() => unifyModel(hyper, directions)).toThrow(/d\.pt: holds no tensor "encoder\.\*"; beside/);
  });

  test('files in the other order are taken in theirs, and it is said', async () => {
    const [hyper, encoder] = [await tiny('hyperstyle'), await tiny('w_encoder')];
    const [right, turned] = [unifyModel(hyper, encoder), unifyModel(encoder, hyper)];
    expect([...turned.tensors.keys()]).toEqual([...right.tensors.keys()]);
    expect(turned.name).toBe('hyperstyle.pt');
    expect(turned.notes).toContainEqual(
      expect.stringMatching(/w_encoder\.pt holds the W encoder and hyperstyle\.pt the rest/),
    );
    expect(right.notes.join()).not.toMatch(/order/);
  });

  test('an encoder alone', async () => {
    const encoder = await tiny('w_encoder');
    const alone = { ...encoder, tensors: without(encoder, 'decoder.') };
    expect(() => unifyModel(alone, null)).toThrow(/is a W encoder alone, without a generator/);
  });

  test('a network of TensorFlow', async () => {
    const program = latin1('\x80\x03cdnnlib.tflib.network\nNetwork\n)\x81}(X\x04\x00\x00\x00nameX\x01\x00\x00\x00Gub.');
    await expectRefusal(openCheckpoint(bytesSource('stylegan2.pkl', program)), /TensorFlow.*legacy\.py/);
  });

  test.each([
    ['G_ema.synthesis.L0_36_512.weight', /x\.pt: is a StyleGAN3 generator/],
    ['state_dict.model.diffusion_model.out.0.weight', /x\.pt: is a diffusion model/],
    [
      'model.layer1.0.conv1.weight',
      /x\.pt: holds no network that is read here, but net\.model\.layer1\.0\.conv1\.weight; expected/,
    ],
  ])('a network of another kind: %s', async (path, message) => {
    const tensor = new PickledTensor('0', 'f32', 4, [4], [1]);
    await expectRefusal(archive(pickle({ net: new Map([[path, tensor]]) })), message);
  });

  test('a TorchScript archive', async () => {
    const bytes = await zipBytes(async (zip) => {
      await zip.add('m/data.pkl', [pickle({})]);
      await zip.add('m/constants.pkl', [pickle({})]);
    });
    await expectRefusal(openCheckpoint(bytesSource('m.pt', bytes)), /TorchScript/);
  });
});

test('an input size and a crop that nothing tells are assumed, and told', () => {
  const model = fakeModel('cars', 64);
  const nothing = async (): Promise<Float32Array<ArrayBuffer>> => new Float32Array(0);
  const stub = (name: string, shape: readonly number[]): StoredTensor => ({
    name,
    shape,
    dtype: 'f32',
    storageKey: name,
    byteOffset: 0,
    strides: contiguousStrides(shape),
    rows: shape[0] ?? 1,
    read: nothing,
    readRows: nothing,
    renamed: (to, as = shape) => stub(to, as),
  });
  const layout = [...layoutTensors(model.architecture, model.widths), { name: 'latent_avg', shape: [512] }];
  const tensors = new Map(layout.map(({ name, shape }) => [name, stub(name, shape)]));
  const unified = (opts: Checkpoint['opts']) =>
    unifyModel({ name: 'x.pt', format: 'torch-zip', tensors, opts, leftOut: [], verify: async () => {} }, null);
  expect(unified({ dataset_type: 'cars_hypernet' })).toMatchObject({
    architecture: { cropRows: [32, 224] },
    notes: [],
  });
  expect(unified({})).toMatchObject({
    architecture: { inputSize: 256, cropRows: null },
    notes: ['x.pt: has no options (opts); it is taken to read 256 px without a crop, as the published faces do'],
  });
});

test('tensors that the model has no place for are told', async () => {
  const hyper = await tiny('hyperstyle');
  const one = memoryTensor('x', [4], new Float32Array(4));
  const extra = new Map([...hyper.tensors, ['decoder.extra.weight', one] as const, ['hypernet.extra', one] as const]);
  const { notes } = unifyModel({ ...hyper, tensors: extra, leftOut: ['d (64 tensors)'] }, await tiny('w_encoder'));
  expect(notes).toContain('hyperstyle.pt: not read: d (64 tensors)');
  expect(notes).toContain('hyperstyle.pt: not read: decoder.extra.weight, hypernet.extra');
});
