/**
 * Models that find latents in W+: e4e and ReStyle-e4e. Their checkpoints (`decoder.*`, `encoder.*` with its heads
 * `encoder.styles.*`, `latent_avg`) and the folders that `convert` makes of them, which list the encoder beside a generator.
 * `method/e4e.ts` and `method/restyle.ts` run them.
 */
import type { LatentEncoderArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { checkTensors, isRecord, readGenerator, readReading, readTrunk, type TensorShapes } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type SourceOf, tensorsSource } from './checkpoint-source.ts';
import { E4E_LATERALS, latentEncoderTensors } from './latent-encoder-layout.ts';
import { isUsed } from './layout.ts';
import { isTrunk } from './manifest.ts';
import type { ModelFolder } from './model-folder.ts';
import { LATENT_ENCODERS, type LatentEncoderKind, latentEncoderEntry } from './networks.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { AVERAGE_LATENT } from './unified-keys.ts';
import { averageLatent, type UnifiedModel, unifyModel, unread } from './unify.ts';

/** The first convolution of the first head: its outputs are the heads' inner width. */
const FIRST_HEAD = 'encoder.styles.0.convs.0.weight';

/** What an encoder with such heads is by its tensors; undefined for anything else. pSp's file cannot be told from e4e's so. */
export function latentEncoderKind({ tensors }: Pick<Checkpoint, 'tensors'>): LatentEncoderKind | undefined {
  if (!tensors.has(FIRST_HEAD)) return undefined;
  const channels = channelsRead(tensors);
  if (channels === LATENT_ENCODERS.restyle.channels) return 'restyle';
  const hasPyramid = E4E_LATERALS.every((key) => tensors.has(`${key}.weight`));
  return channels === LATENT_ENCODERS.e4e.channels && hasPyramid ? 'e4e' : undefined;
}

function channelsRead(tensors: TensorShapes): number | undefined {
  return tensors.get('encoder.input_layer.0.weight')?.shape[1];
}

/**
 * What one or two checkpoints hold, as the converter takes them: an encoder into W+ with its generator, or else a HyperStyle
 * model. Errors as {@link latentEncoderModel} and `unifyModel`.
 */
export function modelOf(main: Checkpoint, encoder: Checkpoint | null): UnifiedModel {
  const kind = encoder ? undefined : latentEncoderKind(main);
  return kind ? latentEncoderModel(kind, main) : unifyModel(main, encoder);
}

/** A model with an encoder into W+. */
type LatentEncoderModel = UnifiedModel & Required<Pick<UnifiedModel, 'latentEncoder'>>;

/**
 * The tensors of a checkpoint of this kind.
 * @throws `model` error when it is of another kind, `tensor` error when a tensor is missing or has another shape
 */
export function latentEncoderModel(kind: LatentEncoderKind, checkpoint: Checkpoint): LatentEncoderModel {
  const { name, tensors: found } = checkpoint;
  const sizes = readSizes(kind, checkpoint);
  const tensors = new Map<string, StoredTensor>();
  const filters: StoredTensor[] = [];
  const known = new Set([AVERAGE_LATENT]);
  for (const expected of latentEncoderTensors(kind, sizes, headWidth(found))) {
    known.add(expected.name);
    const tensor = found.get(expected.name);
    if (tensor && isUsed(expected)) tensors.set(expected.name, tensor);
    if (tensor && expected.role === 'filter') filters.push(tensor);
  }
  const average = found.get(AVERAGE_LATENT);
  ensure(average, 'tensor', () => `${name}: tensor "latent_avg" is missing; save it beside state_dict`);
  tensors.set(AVERAGE_LATENT, averageLatent(name, average, sizes));
  const notes = unread(checkpoint, (key) => known.has(key));
  const architecture = { ...sizes, encoder: null, hypernetwork: null };
  return { name, architecture, latentEncoder: { kind, architecture: sizes }, tensors, filters, notes };
}

/** A checkpoint of this kind as weights. Errors as {@link latentEncoderModel}. */
export function latentEncoderSource(
  kind: LatentEncoderKind,
  checkpoint: Checkpoint,
): SourceOf<LatentEncoderArchitecture> {
  const { name, latentEncoder, tensors } = latentEncoderModel(kind, checkpoint);
  return tensorsSource({ name, architecture: latentEncoder.architecture, tensors });
}

/**
 * A converted model of this kind as weights.
 * @throws `model` error for the folder of another model, `tensor` as {@link latentEncoderModel}
 */
export function latentEncoderFolderSource(
  kind: LatentEncoderKind,
  folder: ModelFolder,
): SourceOf<LatentEncoderArchitecture> {
  const { name, manifest, tensors } = folder;
  const { encoder: _none, hypernetwork, ...generator } = folder.architecture;
  const encoder = latentEncoderEntry(kind, manifest.networks);
  const { title, file } = LATENT_ENCODERS[kind];
  ensure(
    isTrunk(encoder) && hypernetwork === null,
    'model',
    () => `${name}: no ${title} model: model.json lists no encoder of that kind; convert ${file}`,
  );
  const { stem, widths, units } = encoder;
  const architecture: LatentEncoderArchitecture = { ...generator, encoder: { stem, widths, units } };
  const layout = latentEncoderTensors(kind, architecture, headWidth(tensors));
  checkTensors({ file: name, encoderFile: name }, layout, tensors);
  return { name, architecture, tensors, totalBytes: folder.totalBytes, stream: folder.stream };
}

function headWidth(tensors: TensorShapes): number {
  return tensors.get(FIRST_HEAD)?.shape[0] ?? 0;
}

function readSizes(kind: LatentEncoderKind, checkpoint: Checkpoint): LatentEncoderArchitecture {
  const { name: file, tensors, opts } = checkpoint;
  ensureKind(kind, checkpoint);
  const arch = isRecord(opts.arch) ? opts.arch : {};
  const architecture: LatentEncoderArchitecture = {
    ...readGenerator(file, tensors),
    ...readReading(file, opts),
    encoder: readTrunk(file, tensors, 'encoder', arch.enc_units),
  };
  checkTensors({ file, encoderFile: file }, latentEncoderTensors(kind, architecture, headWidth(tensors)), tensors);
  return architecture;
}

/** @throws `model` error that says what a checkpoint has in place of this encoder */
function ensureKind(kind: LatentEncoderKind, checkpoint: Checkpoint): void {
  const { name, tensors, opts } = checkpoint;
  const { title, channels, encoderType, file } = LATENT_ENCODERS[kind];
  const found = latentEncoderKind(checkpoint);
  const read = channelsRead(tensors) ?? 'no';
  const heads = headWidth(tensors) > 0 ? 'heads' : 'no heads';
  const other = found && found !== kind ? `, as ${LATENT_ENCODERS[found].title}'s does` : '';
  ensure(
    found === kind,
    'model',
    () =>
      `${name}: no ${title} checkpoint: its encoder reads ${read} channels and has ${heads} encoder.styles.*${other}, ` +
      `expected ${channels} channels and heads; give ${file}`,
  );
  const type = opts.encoder_type;
  ensure(
    typeof type !== 'string' || type === encoderType,
    'model',
    () =>
      `${name}: no ${title} checkpoint: its options say encoder_type ${type}, expected ${encoderType}: ` +
      `the tensors are alike, what they mean is not (pSp's heads are no offsets from the first); give ${file}`,
  );
}
