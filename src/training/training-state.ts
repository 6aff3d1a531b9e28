/**
 * Everything that a training needs to go on exactly where it stopped, as one safetensors file: weights and running
 * statistics, the optimiser's state, and as text the recipe, the step and the seed, from which every later random
 * choice follows. Tensors are in the checkpoint's order and named `ROLE KEY`, so that files outlive changes of how
 * kernels read weights.
 */
import type { Architecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { checkpointOrder, deviceOrder } from '../models/trainable-plan.ts';
import type { Take } from '../runtime/read-all.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { bytesOf, joinBytes } from '../weights/bytes.ts';
import type { ByteSource } from '../weights/random-access.ts';
import { openSafetensors, readSafetensorsHeader } from '../weights/safetensors.ts';
import { safetensorsHeader } from '../weights/safetensors-header.ts';
import type { Learnt } from './learnt.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingNetwork } from './training-network.ts';

const FORMAT = 'hyperstyle-webgpu training 1';

/** How far a training has come. */
export interface Progress {
  /** Steps of the optimiser that are done. */
  readonly step: number;
  /** Of every random choice. */
  readonly seed: number;
  /** The lowest total loss of a validation, and at which step; null before the first. */
  readonly best: { readonly step: number; readonly loss: number } | null;
}

/** What a file says besides its tensors. */
export interface TrainingHeader extends Progress {
  readonly recipe: Recipe;
  readonly architecture: Architecture;
  /** Names of the losses with a network, with their weights. */
  readonly losses: Readonly<Record<string, number>>;
  /** Passes a batch, and batches a step. */
  readonly passes: number;
  readonly accumulate: number;
}

/** One device tensor of the state, and the checkpoint tensors that lie in it. */
interface Part {
  readonly role: string;
  readonly tensor: Tensor;
  readonly learnt: Learnt;
}

function partsOf({ optimiser, statistics }: TrainingNetwork): Part[] {
  const moving = optimiser.slots.flatMap(({ learnt, first, second, slow, average }) =>
    Object.entries({ weight: learnt.tensor, first, second, slow, average }).flatMap(([role, tensor]) =>
      tensor ? [{ role, tensor, learnt }] : [],
    ),
  );
  return [...moving, ...statistics.map((learnt) => ({ role: 'weight', tensor: learnt.tensor, learnt }))];
}

/** The state as a file's bytes. @param read gives values of tensors of the device, one after another */
export async function writeTrainingState(
  network: TrainingNetwork,
  header: TrainingHeader,
  read: (tensors: readonly Tensor[], take: Take) => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const described: { name: string; dtype: 'f32'; shape: Shape }[] = [];
  const values: Uint8Array[] = [];
  const parts = partsOf(network);
  const take: Take = (whole, i) => {
    const { role = '', learnt } = parts[i] ?? {};
    for (const [key, parameter] of learnt?.keys ?? []) {
      described.push({ name: `${role} ${key}`, dtype: 'f32', shape: network.plan.shape(key) });
      values.push(bytesOf(checkpointOrder(parameter, whole)));
    }
  };
  await read(
    parts.map(({ tensor }) => tensor),
    take,
  );
  const text = { format: FORMAT, training: JSON.stringify(header) };
  return joinBytes([safetensorsHeader(described, text), ...values]);
}

/** What a file says of its training. @throws `file` error when it is no state of a training */
export async function readTrainingHeader(source: ByteSource): Promise<TrainingHeader> {
  const { metadata } = await readSafetensorsHeader(source);
  ensure(
    metadata.format === FORMAT,
    'file',
    () => `${source.name}: is no state of a training ("${FORMAT}"); name the training.safetensors that train wrote`,
  );
  let header: unknown;
  try {
    header = JSON.parse(metadata.training ?? '');
  } catch {
    header = undefined; // reported below
  }
  ensure(isHeader(header), 'file', () => `${source.name}: what it says of its training is damaged; use another save`);
  return header;
}

function isHeader(value: unknown): value is TrainingHeader {
  if (typeof value !== 'object' || value === null) return false;
  const { step, seed, recipe, architecture } = value as Partial<TrainingHeader>;
  return Number.isInteger(step) && Number.isInteger(seed) && Boolean(recipe) && Boolean(architecture);
}

/**
 * Puts a state back.
 * @throws `model` error for a state of another architecture, `option` of another recipe, with both; `tensor` when
 * tensors are missing
 */
export async function restoreTrainingState(
  source: ByteSource,
  network: TrainingNetwork,
  write: (tensor: Tensor, values: Float32Array<ArrayBuffer>) => void,
): Promise<TrainingHeader> {
  const header = await readTrainingHeader(source);
  ensureSame(source.name, header, network);
  const { tensors } = await openSafetensors(source);
  for (const { role, tensor, learnt } of partsOf(network)) {
    const whole = new Float32Array(elementCount(tensor.shape));
    for (const [key, parameter] of learnt.keys) {
      const stored = tensors.get(`${role} ${key}`);
      const expected = network.plan.shape(key);
      ensure(
        stored && stored.shape.join() === expected.join(),
        'tensor',
        () =>
          `${source.name}: "${role} ${key}" expects [${expected}], the file has ${stored ? `[${stored.shape}]` : 'none'}`,
      );
      deviceOrder(parameter, await stored.read(), whole);
    }
    write(tensor, whole);
  }
  return header;
}

function ensureSame(name: string, { recipe, architecture }: TrainingHeader, network: TrainingNetwork): void {
  const [own, other] = [sorted(network.architecture), sorted(architecture)];
  const differs = Object.keys(own).find((key) => JSON.stringify(own[key]) !== JSON.stringify(other[key]));
  ensure(
    differs === undefined,
    'model',
    () =>
      `${name}: is of another architecture: ${differs} is ${JSON.stringify(other[differs ?? ''])}, ` +
      `this model's is ${JSON.stringify(own[differs ?? ''])}; go on with the model that the training began with`,
  );
  const [wanted, found] = [sorted(network.recipe), sorted(recipe)];
  const changed = Object.keys(wanted).find((key) => JSON.stringify(wanted[key]) !== JSON.stringify(found[key]));
  ensure(
    changed === undefined,
    'option',
    () =>
      `${name}: its training had ${changed} ${JSON.stringify(found[changed ?? ''])}, ` +
      `this one has ${JSON.stringify(wanted[changed ?? ''])}; ask for the same`,
  );
}

/** Plain data with the keys of every record in order, so that equal data are equal texts. */
function sorted(value: object): Record<string, unknown> {
  const inOrder = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inOrder);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part)
        .map(([key, inner]): [string, unknown] => [key, inOrder(inner)])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  };
  return inOrder(value) as Record<string, unknown>;
}
