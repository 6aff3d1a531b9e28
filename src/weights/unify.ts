/**
 * One set of keys whatever the files were: `hypernet.*` and `decoder.*` of the HyperStyle checkpoint (or a generator
 * alone), `encoder.*` of the W encoder's, `latent_avg` [latentCount, styleDim]. The shared head is kept once. Tensors come
 * in the order of torch's state_dict, so that one network gives one model folder, however its file was saved.
 */
import type { Architecture, GeneratorSizes, LatentEncoderArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { readArchitecture, readWidths } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { isUsed, layoutTensors } from './layout.ts';
import { listed } from './left-out.ts';
import type { LatentEncoderKind } from './networks.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { AVERAGE_LATENT, GENERATOR_PREFIX } from './unified-keys.ts';

/** A model's tensors under unified keys, and what they are. */
export interface UnifiedModel {
  readonly name: string;
  readonly architecture: Architecture;
  /** An encoder into W+ (`latent-encoder-checkpoint.ts`) that goes with the generator, which `architecture` describes. */
  readonly latentEncoder?: {
    readonly kind: LatentEncoderKind;
    readonly architecture: LatentEncoderArchitecture;
  };
  /** Without noise maps, noise strengths or `latent_avg` where the checkpoints have none. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The FIR filters of the generator, where the checkpoint has them: fixed, but not the same in every training. */
  readonly filters: readonly StoredTensor[];
  /** What was not taken from the files, and what was assumed: a line a thing. */
  readonly notes: readonly string[];
}

type Tensors = ReadonlyMap<string, StoredTensor>;

const BLOCK_HEAD = /^hypernet\.refinement_blocks\.\d+\.hypernet\.(w1|b1|w2|b2)$/;

/**
 * Merges a HyperStyle checkpoint (or a generator) with its W encoder, given in any order.
 * @throws `model` or `tensor` error, naming the file that is wrong, when they are not one network we know
 */
export function unifyModel(first: Checkpoint, second: Checkpoint | null): UnifiedModel {
  const { main, encoder, swapped } = ordered(first, second);
  const found = new Map<string, StoredTensor>();
  const own = encoder || isWEncoder(main.tensors) ? '' : 'encoder.';
  for (const [key, tensor] of main.tensors) {
    const name = unifiedKey(key);
    const dropped = name.startsWith('encoder.') && (encoder || own);
    if (!dropped && !found.has(name)) found.set(name, tensor.renamed(name));
  }
  for (const [key, tensor] of encoder?.tensors ?? []) if (key.startsWith('encoder.')) found.set(key, tensor);
  refuseWithoutGenerator(main);
  const architecture = readArchitecture(main.name, found, main.opts, encoder?.name);
  const average = main.tensors.get(AVERAGE_LATENT) ?? encoder?.tensors.get(AVERAGE_LATENT);
  ensure(
    average || !architecture.hypernetwork,
    'tensor',
    () => `${main.name}: tensor "latent_avg" is missing, in the W encoder's file too; save it beside state_dict`,
  );
  const tensors = new Map<string, StoredTensor>();
  const filters: StoredTensor[] = [];
  const known = new Set([AVERAGE_LATENT]);
  for (const expected of layoutTensors(architecture, readWidths(found, architecture.hypernetwork))) {
    known.add(expected.name);
    const tensor = found.get(expected.name);
    if (tensor && isUsed(expected)) tensors.set(expected.name, tensor);
    if (tensor && expected.role === 'filter') filters.push(tensor);
  }
  if (average) tensors.set(AVERAGE_LATENT, averageLatent(main.name, average, architecture));
  const notes = [
    ...(swapped ? [`${first.name} holds the W encoder and ${second?.name} the rest: taken in that order`] : []),
    ...assumed(main, architecture),
    ...unread(main, (key) => known.has(key)),
    ...(encoder ? unread(encoder, (key) => known.has(key) && !/^(decoder|hypernet)\./.test(key)) : []),
  ];
  return { name: main.name, architecture, tensors, filters, notes };
}

/** Which file is which, by what they hold. @throws `model` error when the other one is no W encoder */
function ordered(
  first: Checkpoint,
  second: Checkpoint | null,
): { main: Checkpoint; encoder: Checkpoint | null; swapped: boolean } {
  if (!second) return { main: first, encoder: null, swapped: false };
  const [firstHyper, secondHyper] = [has(first, 'hypernet.'), has(second, 'hypernet.')];
  const swapped = !firstHyper && (secondHyper || (has(first, 'encoder.') && !has(second, 'encoder.')));
  const [main, encoder] = swapped ? [second, first] : [first, second];
  ensure(
    isWEncoder(encoder.tensors),
    'model',
    () =>
      `${encoder.name}: ${describeContents(encoder)}; ` +
      `beside ${main.name} it must be the W encoder's checkpoint (encoder.linear.*), in either order`,
  );
  return { main, encoder, swapped };
}

function has({ tensors }: Checkpoint, prefix: string): boolean {
  for (const key of tensors.keys()) if (key.startsWith(prefix)) return true;
  return false;
}

function isWEncoder(tensors: Tensors): boolean {
  return tensors.has('encoder.input_layer.0.weight') && tensors.has('encoder.linear.weight');
}

/** What a checkpoint that is not the one asked for is. */
function describeContents(checkpoint: Checkpoint): string {
  if (has(checkpoint, 'encoder.styles.')) return 'is an e4e, pSp or ReStyle encoder (encoder.styles.*)';
  if (has(checkpoint, 'encoder.output_layer.')) return 'is a face recognition network (output_layer.*)';
  const encoder = has(checkpoint, 'encoder.') ? 'a part of an encoder' : 'no tensor "encoder.*"';
  if (has(checkpoint, 'hypernet.')) return `holds ${encoder}, but a hypernetwork`;
  return has(checkpoint, GENERATOR_PREFIX) ? `holds ${encoder}, but a generator` : `holds ${encoder}`;
}

function refuseWithoutGenerator(main: Checkpoint): void {
  ensure(
    has(main, GENERATOR_PREFIX) || !has(main, 'encoder.'),
    'model',
    () =>
      `${main.name}: ${isWEncoder(main.tensors) ? 'is a W encoder alone' : describeContents(main)}, ` +
      'without a generator (decoder.*); give the HyperStyle checkpoint beside it',
  );
}

/** What only the options tell, when there are none. */
function assumed({ name, opts }: Checkpoint, { encoder, hypernetwork, inputSize }: Architecture): string[] {
  if ((!encoder && !hypernetwork) || 'arch' in opts || 'dataset_type' in opts) return [];
  return [
    `${name}: has no options (opts); it is taken to read ${inputSize} px without a crop, as the published faces do`,
  ];
}

/** Lines of what of a file the model does not use: other networks, and tensors that its layers have no place for. */
export function unread({ name, tensors, leftOut }: Checkpoint, isKnown: (key: string) => boolean): string[] {
  const groups = new Map<string, string[]>();
  for (const key of tensors.keys()) {
    if (isKnown(key)) continue;
    const group = key.split('.')[0] ?? '';
    const keys = groups.get(group);
    if (keys) keys.push(key);
    else groups.set(group, [key]);
  }
  const lines = [...groups].map(([group, keys]) =>
    keys.length > 3 ? `${group} (${keys.length} tensors, such as ${keys[0]})` : keys.join(', '),
  );
  return [...leftOut, ...listed('', lines)].map((line) => `${name}: not read: ${line}`);
}

/** The shared head is found under its own name and in every block that uses it. */
function unifiedKey(key: string): string {
  const head = BLOCK_HEAD.exec(key);
  return head ? `hypernet.shared_weight_hypernet.${head[1]}` : key;
}

/** `[styleDim]`, `[1, styleDim]` or `[latentCount, styleDim]`, with any leading 1, as `[latentCount, styleDim]`. */
export function averageLatent(file: string, tensor: StoredTensor, architecture: GeneratorSizes): StoredTensor {
  const { latentCount, styleDim } = architecture;
  const shape = tensor.shape.filter((n, i) => n !== 1 || i === tensor.shape.length - 1);
  const strides = tensor.strides.filter((_, i) => tensor.shape[i] !== 1 || i === tensor.shape.length - 1);
  const [rows, width] = shape.length === 1 ? [1, shape[0]] : shape;
  ensure(
    shape.length <= 2 && width === styleDim && (rows === 1 || rows === latentCount),
    'tensor',
    () =>
      `${file}: tensor "latent_avg" has shape [${tensor.shape}], expected [${latentCount}, ` +
      `${styleDim}] or [${styleDim}]; the checkpoint is of another size`,
  );
  const [row, column] = shape.length === 1 ? [0, strides[0] ?? 1] : [strides[0] ?? 0, strides[1] ?? 1];
  return tensor.renamed(AVERAGE_LATENT, [latentCount, styleDim], [row, column]);
}
