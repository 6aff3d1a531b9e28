import { describe, expect, test } from 'vitest';
import { fakeParameters } from '../../cli/convert/fake-checkpoint.ts';
import { DOMAINS, type FakeModel, fakeModel } from '../../cli/convert/fake-model.ts';
import { outputRows } from '../../src/architecture.ts';
import { HyperStyleError } from '../../src/errors.ts';
import type { Shape } from '../../src/tensor.ts';
import { readArchitecture, readWidths } from '../../src/weights/architecture.ts';
import { type Checkpoint, openCheckpoint } from '../../src/weights/checkpoint.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { unifyModel } from '../../src/weights/unify.ts';
import { tinyCheckpoint } from './support.ts';

function shapesOf(model: FakeModel): Map<string, { shape: Shape }> {
  return new Map(
    [...layoutTensors(model.architecture, model.widths)].filter(isUsed).map(({ name, shape }) => [name, { shape }]),
  );
}

const open = async (file: 'hyperstyle' | 'w_encoder'): Promise<Checkpoint> =>
  openCheckpoint(bytesSource(`${file}.pt`, await tinyCheckpoint(file)));

/** The checkpoint with some tensors changed or removed. */
function changed(checkpoint: Checkpoint, change: Record<string, Shape | null>): Checkpoint {
  const tensors = new Map(checkpoint.tensors);
  for (const [name, shape] of Object.entries(change)) {
    const tensor = tensors.get(name);
    if (shape === null) tensors.delete(name);
    else if (tensor) tensors.set(name, { ...tensor, shape, renamed: () => ({ ...tensor, shape }) });
  }
  return { ...checkpoint, tensors };
}

describe('architecture', () => {
  test.each(DOMAINS)('of %s is read back from shapes and opts', (domain) => {
    const model = fakeModel(domain);
    const shapes = shapesOf(model);
    expect(readArchitecture('x.pt', shapes, model.opts)).toEqual(model.architecture);
    expect(readWidths(shapes, model.architecture.hypernetwork)).toEqual(model.widths);
  });

  test('the published hypernetwork has 332.66 M parameters', () => {
    const all = fakeModel('ffhq');
    const generator: FakeModel = { ...all, architecture: { ...all.architecture, encoder: null, hypernetwork: null } };
    const encoder = { ...all, architecture: { ...all.architecture, hypernetwork: null } };
    const statistics = [...layoutTensors(all.architecture)].filter(
      (t) => t.name.startsWith('hypernet.') && (t.role === 'mean' || t.role === 'variance'),
    );
    const buffers = statistics.reduce((sum, t) => sum + (t.shape[0] ?? 0), 0);
    expect(fakeParameters(all) - fakeParameters(encoder) - buffers).toBe(332_664_896);
    expect(fakeParameters(generator)).toBeGreaterThan(30e6);
  });

  test('a generator alone has neither encoder nor hypernetwork', async () => {
    const hyper = await open('hyperstyle');
    const tensors = new Map([...hyper.tensors].filter(([name]) => name.startsWith('decoder.')));
    const { architecture } = unifyModel({ ...hyper, tensors, opts: {} }, null);
    expect(architecture).toMatchObject({ size: 16, encoder: null, hypernetwork: null, inputSize: 256 });
  });

  test('layers whose keys are missing are not tuned; crop and separable heads are seen', () => {
    const model = fakeModel('tiny');
    const { hypernetwork } = model.architecture;
    if (!hypernetwork) throw new Error('tiny has one');
    const separable: FakeModel = {
      ...model,
      architecture: {
        ...model.architecture,
        cropRows: [4, 28],
        hypernetwork: {
          ...hypernetwork,
          tunedLayers: [0, 1, 3, 6, 7],
          sharedLayers: [0, 3],
          sharedTaps: 1,
          separable: true,
        },
      },
    };
    const opts = { arch: { input_size: 32, crop_rows: [4, 28], enc_units: [1, 2], hyper_units: [1, 1] } };
    expect(readArchitecture('x.pt', shapesOf(separable), opts)).toEqual(separable.architecture);
  });

  test.each([48, 96, 100])('blocks that end in a mean may read %i pixels', (inputSize) => {
    const model = fakeModel('tiny');
    const { hypernetwork } = model.architecture;
    if (!hypernetwork) throw new Error('tiny has one');
    const plain = { ...hypernetwork, tunedLayers: [5, 6], sharedLayers: [] };
    const architecture = { ...model.architecture, inputSize, hypernetwork: plain };
    const shapes = shapesOf({ ...model, architecture });
    // Features of 12, 24 and 25 pixels: one convolution a halving, but at least two, and two pixels or more are left.
    const convolutions = [...shapes.keys()].filter((name) => /blocks\.5\.convs\.\d+\.weight/.test(name));
    expect(convolutions).toHaveLength({ 48: 2, 96: 3, 100: 3 }[inputSize] ?? 0);
    const opts = { arch: { input_size: inputSize, enc_units: [1, 2], hyper_units: [1, 1] } };
    expect(readArchitecture('x.pt', shapes, opts)).toEqual(architecture);
  });

  test.each([
    ['hypernet.body.0.conv1.weight', null, /x\.pt: tensor "hypernet\.body\.0\.conv1\.weight" \[8,8,3,3\] is missing/],
    [
      'decoder.convs.1.conv.weight',
      [1, 16, 8, 3, 3],
      /"decoder\.convs\.1\.conv\.weight" has shape \[1,16,8,3,3\], the other tensors ask for \[1,16,16,3,3\]/,
    ],
    ['decoder.input.input', null, /"decoder\.input\.input" is missing/],
    ['hypernet.shared_weight_hypernet.w1', [16, 100], /w1 has 100 columns for 16 channels/],
    ['encoder.body.2.res_layer.3.weight', null, /the encoder has 2 units, but opts\.arch says stages \[1,2\]/],
  ] as const)('%s as %j is refused', (name, shape, message) => {
    const model = fakeModel('tiny');
    const shapes = shapesOf(model);
    if (shape) shapes.set(name, { shape });
    else shapes.delete(name);
    expect(() => readArchitecture('x.pt', shapes, model.opts)).toThrow(message);
    expect(() => readArchitecture('x.pt', shapes, model.opts)).toThrow(HyperStyleError);
  });

  test.each([
    [{ input_size: 48, enc_units: [1, 2], hyper_units: [1, 1] }, /input_size is 48, but layer 0's .* power of two/],
    [{ input_size: 32.5 }, /input_size is 32\.5, expected 16 to 4096/],
    [{ input_size: 8 }, /input_size is 8,/],
    [{ input_size: 32, crop_rows: [8, 99] }, /crop_rows is \[8,99\]/],
    [{ input_size: 32, enc_units: ['1', 2], hyper_units: [1, 1] }, /the encoder has 3 units/],
  ])('opts.arch %j is refused', (arch, message) => {
    expect(() => readArchitecture('x.pt', shapesOf(fakeModel('tiny')), { arch })).toThrow(message);
  });
});

test.each([
  ['cars', { size: 512, inputSize: 256, cropRows: [32, 224] }, [64, 448]],
  ['no crop', { size: 64, inputSize: 256, cropRows: null }, [0, 64]],
  ['a crop between two rows of a smaller output', { size: 32, inputSize: 64, cropRows: [9, 51] }, [4, 26]],
] as const)('rows of the output: %s', (_name, architecture, rows) => {
  expect(outputRows(architecture)).toEqual(rows);
});

describe('unified keys', () => {
  test('the shared head is kept once, counters and filters not at all', async () => {
    const { tensors } = unifyModel(await open('hyperstyle'), await open('w_encoder'));
    expect([...tensors.keys()].filter((name) => /\.w2$/.test(name))).toEqual(['hypernet.shared_weight_hypernet.w2']);
    expect([...tensors.keys()].filter((name) => /num_batches|kernel/.test(name))).toEqual([]);
    expect(tensors.has('encoder.linear.weight')).toBe(true);
    expect(tensors.get('latent_avg')?.shape).toEqual([6, 16]);
  });

  test('a head that only the blocks have is found there', async () => {
    const hyper = await open('hyperstyle');
    const own = [...hyper.tensors.keys()].filter((name) => name.startsWith('hypernet.shared_weight_hypernet.'));
    const { tensors } = unifyModel(
      changed(hyper, Object.fromEntries(own.map((name) => [name, null]))),
      await open('w_encoder'),
    );
    expect(await tensors.get('hypernet.shared_weight_hypernet.w1')?.read()).toEqual(
      await hyper.tensors.get(own.find((n) => n.endsWith('w1')) ?? '')?.read(),
    );
  });

  test.each([[[16]], [[1, 16]], [[1, 6, 16]]])('latent_avg of shape %j', async (shape: Shape) => {
    const hyper = await open('hyperstyle');
    const average = hyper.tensors.get('latent_avg');
    if (!average) throw new Error('the tiny model has one');
    const all = await average.read();
    const view =
      shape.length === 3
        ? average.renamed('latent_avg', shape)
        : average.renamed('latent_avg', shape, shape.length === 1 ? [1] : [16, 1]);
    const { tensors } = unifyModel(
      { ...hyper, tensors: new Map(hyper.tensors).set('latent_avg', view) },
      await open('w_encoder'),
    );
    const unified = await tensors.get('latent_avg')?.read();
    expect(unified?.length).toBe(96);
    expect(unified?.subarray(80)).toEqual(shape.length === 3 ? all.subarray(80) : all.subarray(0, 16));
  });

  test('latent_avg of another size, a missing one, and a second file that is no encoder are refused', async () => {
    const [hyper, encoder] = [await open('hyperstyle'), await open('w_encoder')];
    expect(() => unifyModel(changed(hyper, { latent_avg: [5, 16] }), encoder)).toThrow(
      /"latent_avg" has shape \[5,16\], expected \[6, 16\]/,
    );
    expect(() => unifyModel(changed(hyper, { latent_avg: null }), changed(encoder, { latent_avg: null }))).toThrow(
      /"latent_avg" is missing/,
    );
    expect(() => unifyModel(hyper, hyper)).toThrow(/holds no tensor "encoder\.\*"/);
  });
});
