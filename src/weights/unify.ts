/**
 * One set of keys whatever the files were: `hypernet.*` and `decoder.*` of the HyperStyle checkpoint (or a generator
 * alone), `encoder.*` of the W encoder's, `latent_avg` [latentCount, styleDim]. The shared head is kept once.
 */
import type { Architecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { readArchitecture } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** A model's tensors under unified keys, and what they are. */
export interface UnifiedModel {
  readonly name: string;
  readonly architecture: Architecture;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const UNUSED = /\.num_batches_tracked$|\.(blur|upsample)\.kernel$/;
const BLOCK_HEAD = /^hypernet\.refinement_blocks\.\d+\.hypernet\.(w1|b1|w2|b2)$/;

/**
 * Merges a HyperStyle checkpoint (or a generator) with its W encoder.
 * @throws `model` or `tensor` error when they are not one network we know
 */
export function unifyModel(hyper: Checkpoint, encoder: Checkpoint | null): UnifiedModel {
  const tensors = new Map<string, StoredTensor>();
  const bare = hyper.tensors.has('conv1.conv.weight') && hyper.tensors.has('style.1.weight');
  for (const [key, tensor] of hyper.tensors) {
    const name = unifiedKey(bare ? `decoder.${key}` : key);
    if (name && !tensors.has(name)) tensors.set(name, tensor.renamed(name));
  }
  for (const [key, tensor] of encoder?.tensors ?? []) {
    if (key.startsWith('encoder.') && !UNUSED.test(key)) tensors.set(key, tensor);
  }
  ensure(
    !encoder || tensors.has('encoder.input_layer.0.weight'),
    'model',
    () => `${encoder?.name}: holds no tensor "encoder.*"; the second file must be the W encoder's checkpoint`,
  );
  const architecture = readArchitecture(hyper.name, tensors, hyper.opts);
  const average = hyper.tensors.get('latent_avg') ?? encoder?.tensors.get('latent_avg');
  ensure(
    average || !architecture.hypernetwork,
    'tensor',
    () => `${hyper.name}: tensor "latent_avg" is missing, in the W encoder's file too; save it beside state_dict`,
  );
  if (average) tensors.set('latent_avg', averageLatent(hyper.name, average, architecture));
  return { name: hyper.name, architecture, tensors };
}

function unifiedKey(key: string): string | null {
  const head = BLOCK_HEAD.exec(key);
  if (head) return `hypernet.shared_weight_hypernet.${head[1]}`;
  return /^(hypernet|decoder|encoder)\./.test(key) && !UNUSED.test(key) ? key : null;
}

/** `[styleDim]`, `[1, styleDim]` or `[latentCount, styleDim]`, with any leading 1, as `[latentCount, styleDim]`. */
function averageLatent(file: string, tensor: StoredTensor, architecture: Architecture): StoredTensor {
  const { latentCount, styleDim } = architecture;
  const shape = tensor.shape.filter((n, i) => n !== 1 || i === tensor.shape.length - 1);
  const strides = tensor.strides.filter((_, i) => tensor.shape[i] !== 1 || i === tensor.shape.length - 1);
  const [rows, width] = shape.length === 1 ? [1, shape[0]] : shape;
  ensure(
    shape.length <= 2 && width === styleDim && (rows === 1 || rows === latentCount),
    'tensor',
    () =>
      `${file}: tensor "latent_avg" has shape [${tensor.shape}], expected [${latentCount}, ${styleDim}] or [${styleDim}]; the checkpoint is of another size`,
  );
  const [row, column] = shape.length === 1 ? [0, strides[0] ?? 1] : [strides[0] ?? 0, strides[1] ?? 1];
  return tensor.renamed('latent_avg', [latentCount, styleDim], [row, column]);
}
