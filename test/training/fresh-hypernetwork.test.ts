/** Hypernetworks that have learnt nothing: of any design, the rest of the model as it was, equal draws from equal seeds. */
import { expect, it } from 'vitest';
import { describeVariant } from '../../cli/ablate/parameters.ts';
import { smallerModel } from '../../cli/ablate/smaller-model.ts';
import { STUDIES, variantsOf } from '../../cli/ablate/variants.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { withFreshHypernetwork } from '../../src/training/fresh-hypernetwork.ts';
import { checkTensors, readWidths } from '../../src/weights/architecture.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { collectTensors } from '../../src/weights/collect.ts';
import { layoutTensors } from '../../src/weights/layout.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { golden } from '../editing/support.ts';

async function smallModel(name = 'pipeline-faces'): Promise<WeightSource> {
  const open = async (file: string) => openCheckpoint(await golden(`../../goldens/${name}.${file}.pt`, `${file}.pt`));
  return checkpointSource(await open('hyperstyle'), await open('w_encoder'));
}

/** Whether two tensors have the same bits; the test runner takes minutes to compare so many numbers. */
const same = (a: Float32Array | undefined, b: Float32Array | undefined): boolean =>
  a !== undefined && b !== undefined && Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
const everything = (source: WeightSource) => collectTensors(source, () => true);
const file = { file: 'fresh', encoderFile: 'fresh' };

it('every design has the tensors of its layout, and the rest of the model is as it was', async () => {
  const model = await smallModel();
  const before = await everything(model);
  for (const { name, hypernetwork } of variantsOf(model.architecture, STUDIES, 5)) {
    const fresh = withFreshHypernetwork(model, { hypernetwork });
    const widths = readWidths(model.tensors, model.architecture.hypernetwork);
    expect(() => checkTensors(file, layoutTensors(fresh.architecture, widths), fresh.tensors), name).not.toThrow();
    const values = await everything(fresh);
    expect([...values.keys()].sort(), name).toEqual([...fresh.tensors.keys()].sort());
    const kept = [...before].filter(([key]) => !/refinement_blocks|shared_weight_hypernet/.test(key));
    expect(
      kept.filter(([key, was]) => !same(values.get(key), was)).map(([key]) => key),
      name,
    ).toEqual([]);
    expect(
      [...values].filter(([, is]) => !is.every(Number.isFinite)).map(([key]) => key),
      name,
    ).toEqual([]);
  }
});

it('equal seeds draw equal numbers, others do not; the last layers of heads are scaled; a fresh trunk has learnt nothing', async () => {
  const model = await smallModel();
  const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => everything(withFreshHypernetwork(model, { seed }))));
  const head = 'hypernet.shared_weight_hypernet.w1';
  expect(same(a?.get(head), b?.get(head))).toBe(true);
  expect(same(a?.get(head), c?.get(head))).toBe(false);
  const small = await everything(withFreshHypernetwork(model, { headScale: 0.5 }));
  expect(
    same(
      small.get(head),
      a?.get(head)?.map((value) => 0.5 * value),
    ),
  ).toBe(true);
  const first = 'hypernet.shared_weight_hypernet.w2';
  expect(same(small.get(first), a?.get(first))).toBe(true);
  const deviation = Math.sqrt(
    (a?.get(head) ?? new Float32Array()).reduce((s, v) => s + v * v, 0) / (a?.get(head)?.length ?? 1),
  );
  expect(deviation * 40).toBeCloseTo(1, 1);
  const trunk = await everything(withFreshHypernetwork(model, { trunk: 'fresh' }));
  expect(same(trunk.get('hypernet.conv1.weight'), a?.get('hypernet.conv1.weight'))).toBe(false);
  expect([...(trunk.get('hypernet.bn1.weight') ?? [])].every((value) => value === 1)).toBe(true);
});

it('refuses a trunk that the model does not have', async () => {
  const model = await smallModel();
  const { hypernetwork } = fakeModel('ffhq').architecture;
  expect(() => withFreshHypernetwork(model, { hypernetwork: hypernetwork ?? undefined })).toThrow(
    /has no trunk of this design to begin with: ask for trunk "fresh"/,
  );
});

it('a model that stops earlier has the tensors of its layout', async () => {
  const model = await smallModel();
  const smaller = smallerModel(model, model.architecture.size / 2);
  const widths = readWidths(model.tensors, model.architecture.hypernetwork);
  expect(() => checkTensors(file, layoutTensors(smaller.architecture, widths), smaller.tensors)).not.toThrow();
  const [values, whole] = [await everything(smaller), await everything(model)];
  const average = values.get('latent_avg') ?? new Float32Array();
  expect(average.length).toBe(smaller.architecture.latentCount * model.architecture.styleDim);
  expect(same(average, whole.get('latent_avg')?.slice(0, average.length))).toBe(true);
  expect(() => smallerModel(model, 2 * model.architecture.size)).toThrow(/--size .*expected a power of two from 8/);
});

it('designs of the published generator: what each saves', async () => {
  const model = await smallModel();
  const variants = variantsOf(fakeModel('ffhq').architecture, STUDIES, 5);
  expect(variants.map(({ name }) => name)).toEqual([
    "the model's own design",
    'layers C',
    'layers M',
    'layers F',
    'layers C, M',
    'layers M, F',
    'layers C, M, F, R',
    'T = 1',
    'T = 2',
    'T = 3',
    'a head each',
    'an offset a kernel',
    'separable heads',
  ]);
  const plans = variantsOf(model.architecture, STUDIES, 5).map((variant) => describeVariant(model, variant));
  const published = (name: string) => plans.find((plan) => plan.name === name)?.published ?? 0;
  expect(published('separable heads')).toBeLessThan(published("the model's own design"));
  expect(published('a head each')).toBeGreaterThan(4 * published("the model's own design"));
});
