/**
 * LPIPS as people have it: torchvision's AlexNet or VGG16 (`features.N.{weight,bias}`, with a classifier to be
 * ignored) and the heads of the LPIPS repository (`linI.model.1.weight`), or both in the one file that
 * `convert` writes. Widths are read from the shapes, and must fit each other. Keys here: `lpips.` and those.
 */
import { ensure } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import type { Checkpoint } from './checkpoint.ts';
import { tensorsSource } from './checkpoint-source.ts';
import { LPIPS_LAYERS, type LpipsKind } from './lpips-layers.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

/** LPIPS weights: what a `WeightSource` is, but for sizes and directions. */
export interface LpipsSource extends Pick<WeightSource, 'name' | 'totalBytes' | 'stream'> {
  readonly kind: LpipsKind;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const PREFIX = 'lpips.';

/** Whether a checkpoint has a trunk or heads of LPIPS. */
export function isLpips({ tensors }: Pick<Checkpoint, 'tensors'>): boolean {
  return [...tensors.keys()].some((key) => key.startsWith(PREFIX));
}

/**
 * The tensors of LPIPS in one or two checkpoints, in the order in which they are used.
 * @throws `model` error when trunk or heads are missing, `tensor` error naming the first tensor of another width, and both
 */
export function lpipsTensors(checkpoints: readonly Pick<Checkpoint, 'name' | 'tensors'>[]): {
  kind: LpipsKind;
  tensors: Map<string, StoredTensor>;
} {
  const found = new Map<string, { readonly file: string; readonly tensor: StoredTensor }>();
  for (const { name: file, tensors } of checkpoints) {
    for (const [key, tensor] of tensors) if (key.startsWith(PREFIX)) found.set(key, { file, tensor });
  }
  const files = checkpoints.map(({ name }) => name).join(', ');
  const trunk = found.get(`${PREFIX}features.0.weight`);
  ensure(trunk, 'model', () => `${files}: no trunk of LPIPS (features.0.weight); add torchvision's AlexNet or VGG16`);
  ensure(
    found.has(`${PREFIX}lin0.model.1.weight`),
    'model',
    () => `${files}: no heads of LPIPS (lin0.model.1.weight); add alex.pth or vgg.pth of the LPIPS repository`,
  );
  const kind: LpipsKind = trunk.tensor.shape.at(-1) === FIRST_KERNEL.alex ? 'alex' : 'vgg';
  const tensors = new Map<string, StoredTensor>();
  const take = (key: string, expected: Shape): void => {
    const entry = found.get(PREFIX + key);
    ensure(entry, 'tensor', () => `${files}: LPIPS (${kind}) needs "${key}" [${expected}], which is missing`);
    const { file, tensor } = entry;
    ensure(
      tensor.shape.join() === expected.join(),
      'tensor',
      () =>
        `${file}: "${key}" has shape [${tensor.shape}], ` +
        `LPIPS (${kind}) of this trunk needs [${expected}]; give trunk and heads of one network`,
    );
    tensors.set(PREFIX + key, tensor);
  };
  let width = 3;
  let tap = 0;
  for (const { index, kernel = 3, tap: isTap } of LPIPS_LAYERS[kind]) {
    const key = `features.${index}`;
    const out = found.get(`${PREFIX}${key}.weight`)?.tensor.shape[0] ?? 0;
    take(`${key}.weight`, [out, width, kernel, kernel]);
    take(`${key}.bias`, [out]);
    width = out;
    if (isTap) take(`lin${tap++}.model.1.weight`, [1, width, 1, 1]);
  }
  return { kind, tensors };
}

/** Side of the first filter, which tells the trunks apart. */
const FIRST_KERNEL = { alex: LPIPS_LAYERS.alex[0]?.kernel } as const;

/** LPIPS of one or two checkpoints as weights. Errors as {@link lpipsTensors}. */
export function lpipsSource(checkpoints: readonly Pick<Checkpoint, 'name' | 'tensors'>[]): LpipsSource {
  const { kind, tensors } = lpipsTensors(checkpoints);
  const name = `LPIPS (${kind})`;
  return { ...tensorsSource({ name, architecture: null, tensors }), kind };
}
