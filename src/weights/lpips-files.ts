/**
 * LPIPS as people have it: torchvision's AlexNet or VGG16 (`features.N.{weight,bias}`, with a classifier to be
 * ignored) and the heads of the LPIPS repository (`linI.model.1.weight`), or both in the one file that
 * `convert` writes. Widths are read from the shapes, and must fit each other. Keys here: `lpips.` and those.
 */
import { ensure } from '../errors.ts';
import { tensorsSource } from './checkpoint-source.ts';
import type { LossFile } from './loss-tensors.ts';
import { LossTensors } from './loss-tensors.ts';
import { LPIPS_LAYERS, type LpipsKind } from './lpips-layers.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

/** LPIPS weights: what a `WeightSource` is, but for sizes and directions. */
export interface LpipsSource extends Pick<WeightSource, 'name' | 'totalBytes' | 'stream'> {
  readonly loss: 'lpips';
  readonly kind: LpipsKind;
  /** Of its checkpoint keys, with its dot. */
  readonly prefix: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const LPIPS_PREFIX = 'lpips.';

/** Side of the first filter, which tells the trunks apart. */
const FIRST_KERNEL = { alex: LPIPS_LAYERS.alex[0]?.kernel } as const;

/** Whether a checkpoint has a trunk or heads of LPIPS. */
export function isLpips({ tensors }: Pick<LossFile, 'tensors'>): boolean {
  return [...tensors.keys()].some((key) => key.startsWith(LPIPS_PREFIX));
}

/**
 * The tensors of LPIPS in one or two checkpoints, in the order in which they are used.
 * @throws `model` error when trunk or heads are missing, `tensor` error naming the first tensor of another width, and both
 */
export function lpipsTensors(checkpoints: readonly LossFile[]): {
  kind: LpipsKind;
  tensors: Map<string, StoredTensor>;
} {
  const found = new LossTensors(checkpoints, LPIPS_PREFIX);
  const { files } = found;
  const trunk = found.shape('features.0.weight');
  ensure(trunk, 'model', () => `${files}: no trunk of LPIPS (features.0.weight); add torchvision's AlexNet or VGG16`);
  ensure(
    found.shape('lin0.model.1.weight'),
    'model',
    () => `${files}: no heads of LPIPS (lin0.model.1.weight); add alex.pth or vgg.pth of the LPIPS repository`,
  );
  const kind: LpipsKind = trunk.at(-1) === FIRST_KERNEL.alex ? 'alex' : 'vgg';
  const what = `LPIPS (${kind}) of this trunk`;
  let width = 3;
  let tap = 0;
  for (const { index, kernel = 3, tap: isTap } of LPIPS_LAYERS[kind]) {
    const key = `features.${index}`;
    const out = found.outputs(`${key}.weight`);
    found.take(what, `${key}.weight`, [out, width, kernel, kernel], OF_ONE);
    found.take(what, `${key}.bias`, [out], OF_ONE);
    width = out;
    if (isTap) found.take(what, `lin${tap++}.model.1.weight`, [1, width, 1, 1], OF_ONE);
  }
  return { kind, tensors: found.taken };
}

const OF_ONE = '; give trunk and heads of one network';

/** LPIPS of one or two checkpoints as weights. Errors as {@link lpipsTensors}. */
export function lpipsSource(checkpoints: readonly LossFile[]): LpipsSource {
  const { kind, tensors } = lpipsTensors(checkpoints);
  const name = `LPIPS (${kind})`;
  return { ...tensorsSource({ name, architecture: null, tensors }), loss: 'lpips', kind, prefix: LPIPS_PREFIX };
}
