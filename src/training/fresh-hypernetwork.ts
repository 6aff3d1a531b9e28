/**
 * A hypernetwork that has learnt nothing yet, in a model's place of its own: for trainings from the start, and of other
 * designs than the model's. Values are drawn as the authors' code draws them (PyTorch's defaults, the shared head's
 * normal numbers); their trunk comes from ImageNet, here from the model unless a fresh one is asked for.
 */
import type { Architecture, HypernetworkArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { gaussian, uniform } from '../gaussian.ts';
import { elementCount } from '../tensor.ts';
import { readWidths } from '../weights/architecture.ts';
import { bytesOf } from '../weights/bytes.ts';
import { isUsed, type LayoutTensor, layoutTensors } from '../weights/layout.ts';
import type { StreamOptions, TensorInfo, TensorVisitor, WeightSource } from '../weights/weight-source.ts';

/** What a fresh hypernetwork is. */
export interface FreshOptions {
  /** Its design; default: the model's own. */
  readonly hypernetwork?: HypernetworkArchitecture | undefined;
  /** Of all draws; default 1. */
  readonly seed?: number | undefined;
  /** Whose ResNet it begins with: the `model`'s, which has learnt to see (default), or a `fresh` one. */
  readonly trunk?: 'model' | 'fresh' | undefined;
  /**
   * What the last layers of all heads are multiplied by, from 0: 1 as the authors have it (default); small ones begin
   * near y_0, which saves a short training the way back to it.
   */
  readonly headScale?: number | undefined;
}

const PREFIX = 'hypernet.';
/** Deviation of the shared head's numbers. */
const HEAD_DEVIATION = 1 / 40;
const PRELU_SLOPE = 0.25;
/** The last layer of a head, whose outputs are offsets. */
const LAST_OF_HEAD = /\.(w1|b1|output\.\d+\.(weight|bias|kernel_linear_out\.(weight|bias)))$/;
const OF_HEADS = /^hypernet\.(refinement_blocks|shared_weight_hypernet)\./;

/**
 * The model with a fresh hypernetwork.
 * @throws `model` error when there is neither a design nor a hypernetwork to take it from, or no trunk to take over
 */
export function withFreshHypernetwork(source: WeightSource, options: FreshOptions = {}): WeightSource {
  const { trunk = 'model', seed = 1, headScale = 1 } = options;
  const own = source.architecture.hypernetwork;
  const hypernetwork = options.hypernetwork ?? own;
  ensure(hypernetwork, 'model', () => `${source.name} has no hypernetwork whose design a fresh one could take`);
  ensure(
    trunk === 'fresh' || (own && sameTrunk(own, hypernetwork)),
    'model',
    () => `${source.name} has no trunk of this design to begin with: ask for trunk "fresh"`,
  );
  const architecture: Architecture = { ...source.architecture, hypernetwork };
  const isFresh = (name: string): boolean => name.startsWith(PREFIX) && (trunk === 'fresh' || OF_HEADS.test(name));
  const widths = readWidths(source.tensors, own);
  const fresh = [...layoutTensors(architecture, widths)].filter((each) => isUsed(each) && isFresh(each.name));
  const infos = fresh.map(({ name, shape }): [string, TensorInfo] => [name, { name, shape, dtype: 'f32' }]);
  const kept = [...source.tensors].filter(([name]) => !isFresh(name));
  const { directions } = source;
  return {
    name: source.name,
    architecture,
    tensors: new Map([...infos, ...kept]),
    totalBytes: source.totalBytes,
    ...(directions && { directions }),
    async stream(visit: TensorVisitor, streaming?: StreamOptions): Promise<void> {
      for (const [i, tensor] of fresh.entries()) {
        const values = freshValues(tensor, fresh[i - 1], seed * SEEDS + i, headScale);
        const info = infos[i]?.[1];
        if (info) await visit(info, bytesOf(values), 0);
      }
      await source.stream((info, bytes, row) => (isFresh(info.name) ? undefined : visit(info, bytes, row)), streaming);
    },
  };
}

/** Seeds of one hypernetwork's tensors are apart from another's. */
const SEEDS = 100_003;

const sameTrunk = (a: HypernetworkArchitecture, b: HypernetworkArchitecture): boolean =>
  JSON.stringify([a.stem, a.widths, a.units]) === JSON.stringify([b.stem, b.widths, b.units]);

/** Values of a tensor before any training. @param before the tensor before it: of a bias, its weight */
function freshValues(
  tensor: LayoutTensor,
  before: LayoutTensor | undefined,
  seed: number,
  headScale: number,
): Float32Array<ArrayBuffer> {
  const values = drawn(tensor, before, seed);
  return LAST_OF_HEAD.test(tensor.name) ? scaled(values, headScale) : values;
}

function drawn(
  { name, shape, role }: LayoutTensor,
  before: LayoutTensor | undefined,
  seed: number,
): Float32Array<ArrayBuffer> {
  const count = elementCount(shape);
  const filled = (value: number): Float32Array<ArrayBuffer> => new Float32Array(count).fill(value);
  const fanIn = elementCount(shape.slice(1));
  switch (role) {
    case 'head':
      return scaled(gaussian(seed, count), HEAD_DEVIATION);
    case 'equalized':
      return gaussian(seed, count);
    case 'weight':
      // ResNet's filters: He by the fan-out; others are PyTorch's default
      if (!OF_HEADS.test(name)) return scaled(gaussian(seed, count), Math.sqrt(2 / ((shape[0] ?? 1) * taps(shape))));
      return between(seed, count, 1 / Math.sqrt(fanIn));
    case 'offset-head':
      return between(seed, count, 1 / Math.sqrt(fanIn));
    case 'bias':
      if (before?.role === 'head') return scaled(gaussian(seed, count), HEAD_DEVIATION);
      if (!OF_HEADS.test(name) || before?.role === 'equalized') return filled(0);
      return between(seed, count, 1 / Math.sqrt(elementCount(before?.shape.slice(1) ?? [])));
    case 'slope':
      return filled(PRELU_SLOPE);
    case 'gamma':
    case 'variance':
      return filled(1);
    default:
      return filled(0);
  }
}

const taps = (shape: readonly number[]): number => elementCount(shape.slice(2));

const scaled = (values: Float32Array<ArrayBuffer>, factor: number): Float32Array<ArrayBuffer> =>
  values.map((value) => factor * value);

/** Uniform numbers between −bound and bound. */
function between(seed: number, count: number, bound: number): Float32Array<ArrayBuffer> {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => (2 * next() - 1) * bound);
}
