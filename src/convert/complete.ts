/**
 * What a checkpoint left out and a generator needs: noise maps, noise strengths, the average latent. Public code fills them
 * in too when it loads such files, at random; here they come from a fixed seed, so that a file always converts to the same
 * folder, and every substitute is told.
 */
import { gaussian } from '../gaussian.ts';
import { MAPPING_LR_MUL } from '../models/mapping.ts';
import { elementCount } from '../tensor.ts';
import { FIR_TAPS } from '../weights/fir-filter.ts';
import { type LayoutTensor, layoutTensors } from '../weights/layout.ts';
import { listed } from '../weights/left-out.ts';
import { memoryTensor, type StoredTensor } from '../weights/stored-tensor.ts';
import type { UnifiedModel } from '../weights/unify.ts';

/**
 * Latents whose mean is the average; what public code draws for its truncation too. Their mean is off by 1/64 of their
 * deviation.
 */
const AVERAGED_LATENTS = 4096;
const SEED = 1;

/**
 * The same model with everything its generator reads.
 * @throws what reading a tensor throws
 */
export async function completeModel(model: UnifiedModel): Promise<UnifiedModel> {
  const tensors = new Map(model.tensors);
  const layout = [...layoutTensors(model.architecture)];
  const missing = (role: LayoutTensor['role']): LayoutTensor[] =>
    layout.filter((tensor) => tensor.role === role && !tensors.has(tensor.name));
  const notes: string[] = [];
  const maps = missing('noise');
  for (const [index, { name, shape }] of maps.entries())
    tensors.set(name, memoryTensor(name, shape, gaussian(SEED + index, elementCount(shape))));
  if (maps.length > 0) notes.push(`${model.name}: has no noise maps; ${maps.length} were drawn from a fixed seed`);
  const strengths = missing('noise-strength');
  for (const { name, shape } of strengths)
    tensors.set(name, memoryTensor(name, shape, new Float32Array(elementCount(shape))));
  if (strengths.length > 0)
    notes.push(`${model.name}: has no noise strengths; they are 0, the generator adds no noise`);
  if (!tensors.has('latent_avg')) notes.push(await addAverage(model, tensors));
  return { ...model, tensors, notes: [...model.notes, ...notes, ...(await otherFilters(model))] };
}

/** Estimates the mean of w, without which truncation would have no effect. Returns what was done. */
async function addAverage(model: UnifiedModel, tensors: Map<string, StoredTensor>): Promise<string> {
  const { latentCount, styleDim, mappingLayers } = model.architecture;
  const missing = `${model.name}: has no average latent (latent_avg)`;
  if (mappingLayers === 0) return `${missing} and no mapping network; truncation will have no effect`;
  const average = memoryTensor('latent_avg', [styleDim], await meanLatent(model));
  tensors.set('latent_avg', average.renamed('latent_avg', [latentCount, styleDim], [0, 1]));
  return `${missing}; estimated as the mean of ${AVERAGED_LATENTS} latents from a fixed seed`;
}

/** The mean of w over z from a fixed seed: `[styleDim]`. */
async function meanLatent({ architecture, tensors }: UnifiedModel): Promise<Float32Array> {
  const { styleDim, mappingLayers } = architecture;
  let latents = normalized(gaussian(SEED, AVERAGED_LATENTS * styleDim), styleDim);
  for (let layer = 1; layer <= mappingLayers; layer++) {
    const weight = await tensors.get(`decoder.style.${layer}.weight`)?.read();
    const bias = await tensors.get(`decoder.style.${layer}.bias`)?.read();
    if (weight && bias) latents = mapped(latents, weight, bias, styleDim);
  }
  const sums = new Float64Array(styleDim);
  latents.forEach((value, i) => {
    sums[i % styleDim] = (sums[i % styleDim] ?? 0) + value;
  });
  return Float32Array.from(sums, (sum) => sum / AVERAGED_LATENTS);
}

/** Pixel norm of each row of `width` features (design §2). */
function normalized(rows: Float32Array, width: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    const scale = 1 / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / width + 1e-8);
    result.set(
      row.map((value) => value * scale),
      at,
    );
  }
  return result;
}

/**
 * One layer of the mapping network: equalised linear with lr_mul, leaky ReLU 0.2 times √2. Four rows at a time share a
 * weight.
 */
function mapped(rows: Float32Array, weight: Float32Array, bias: Float32Array, width: number): Float32Array {
  const scale = MAPPING_LR_MUL / Math.sqrt(width);
  const result = new Float32Array(rows.length);
  const activate = (sum: number, output: number): number => {
    const value = sum * scale + (bias[output] as number) * MAPPING_LR_MUL;
    return Math.SQRT2 * (value < 0 ? 0.2 * value : value);
  };
  for (let first = 0; first < rows.length; first += 4 * width) {
    const [second, third, fourth] = [first + width, first + 2 * width, first + 3 * width];
    for (let output = 0; output < width; output++) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let input = 0; input < width; input++) {
        const w = weight[output * width + input] as number;
        a += w * (rows[first + input] as number);
        b += w * (rows[second + input] as number);
        c += w * (rows[third + input] as number);
        d += w * (rows[fourth + input] as number);
      }
      result[first + output] = activate(a, output);
      result[second + output] = activate(b, output);
      result[third + output] = activate(c, output);
      result[fourth + output] = activate(d, output);
    }
  }
  return result;
}

/** Filters that the checkpoint has and that are not ours: the generator was trained with another blur. */
async function otherFilters({ name, filters }: UnifiedModel): Promise<string[]> {
  const others: string[] = [];
  for (const filter of filters) {
    const values = elementCount(filter.shape) === FIR_TAPS.length ** 2 ? await filter.read() : new Float32Array();
    const sum = values.reduce((total, value) => total + value, 0);
    const ours = (i: number): number => ((FIR_TAPS[i >> 2] ?? 0) * (FIR_TAPS[i & 3] ?? 0)) / 64;
    if (values.length === 0 || values.some((value, i) => !(Math.abs(value / sum - ours(i)) < 1e-3)))
      others.push(filter.name);
  }
  return listed(`${name}: pictures will differ, these blur with another filter than [1, 3, 3, 1]: `, others);
}
