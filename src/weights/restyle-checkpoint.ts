/**
 * ReStyle-e4e models: checkpoints (`decoder.*`, `encoder.*` with its heads `encoder.styles.*`, `latent_avg`) and the folders that
 * `convert` makes of them, which list the encoder beside a generator. `method/restyle.ts` runs them.
 */
import type { RestyleArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { checkTensors, isRecord, readGenerator, readReading, readTrunk, type TensorShapes } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type SourceOf, tensorsSource } from './checkpoint-source.ts';
import { isUsed, restyleTensors } from './layout.ts';
import { isTrunk } from './manifest.ts';
import type { ModelFolder } from './model-folder.ts';
import { restyleEntryOf } from './networks.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { AVERAGE_LATENT } from './unified-keys.ts';
import { averageLatent, type UnifiedModel, unread } from './unify.ts';

/** Channels that its encoder reads: photo and reconstruction. */
const RESTYLE_CHANNELS = 6;
/** The first convolution of the first head: its outputs are the heads' inner width. */
const FIRST_HEAD = 'encoder.styles.0.convs.0.weight';

/** Whether a checkpoint is of ReStyle-e4e: heads, and an encoder that reads a reconstruction beside the photo. */
export function isRestyle({ tensors }: Checkpoint): boolean {
  return tensors.has(FIRST_HEAD) && channelsRead(tensors) === RESTYLE_CHANNELS;
}

function channelsRead(tensors: TensorShapes): number | undefined {
  return tensors.get('encoder.input_layer.0.weight')?.shape[1];
}

/**
 * A ReStyle-e4e checkpoint's tensors, as the converter takes them.
 * @throws `model` error when it is none, `tensor` error when a tensor is missing or has another shape
 */
export function restyleModel(checkpoint: Checkpoint): UnifiedModel & { readonly restyle: RestyleArchitecture } {
  const { name, tensors: found, opts } = checkpoint;
  const restyle = readRestyleArchitecture(name, found, opts);
  const tensors = new Map<string, StoredTensor>();
  const filters: StoredTensor[] = [];
  const known = new Set([AVERAGE_LATENT]);
  for (const expected of restyleTensors(restyle, headWidth(found))) {
    known.add(expected.name);
    const tensor = found.get(expected.name);
    if (tensor && isUsed(expected)) tensors.set(expected.name, tensor);
    if (tensor && expected.role === 'filter') filters.push(tensor);
  }
  const average = found.get(AVERAGE_LATENT);
  ensure(average, 'tensor', () => `${name}: tensor "latent_avg" is missing; save it beside state_dict`);
  tensors.set(AVERAGE_LATENT, averageLatent(name, average, restyle));
  const notes = unread(checkpoint, (key) => known.has(key));
  return { name, architecture: { ...restyle, encoder: null, hypernetwork: null }, restyle, tensors, filters, notes };
}

/** A ReStyle-e4e checkpoint as weights. Errors as {@link restyleModel}. */
export function restyleSource(checkpoint: Checkpoint): SourceOf<RestyleArchitecture> {
  const { name, restyle, tensors } = restyleModel(checkpoint);
  return tensorsSource({ name, architecture: restyle, tensors });
}

/**
 * A converted ReStyle-e4e model as weights. @throws `model` error for the folder of another model, `tensor` as {@link
 * restyleModel}
 */
export function restyleFolderSource(folder: ModelFolder): SourceOf<RestyleArchitecture> {
  const { name, manifest, tensors } = folder;
  const { encoder: _none, hypernetwork, ...generator } = folder.architecture;
  const encoder = restyleEntryOf(manifest.networks);
  ensure(
    isTrunk(encoder) && hypernetwork === null,
    'model',
    () => `${name}: no ReStyle-e4e model: model.json lists no encoder of that kind; convert restyle_e4e_*.pt`,
  );
  const { stem, widths, units } = encoder;
  const architecture: RestyleArchitecture = { ...generator, encoder: { stem, widths, units } };
  checkTensors({ file: name, encoderFile: name }, restyleTensors(architecture, headWidth(tensors)), tensors);
  return { name, architecture, tensors, totalBytes: folder.totalBytes, stream: folder.stream };
}

function headWidth(tensors: TensorShapes): number {
  return tensors.get(FIRST_HEAD)?.shape[0] ?? 0;
}

function readRestyleArchitecture(
  file: string,
  tensors: TensorShapes,
  opts: Readonly<Record<string, unknown>>,
): RestyleArchitecture {
  const channels = channelsRead(tensors);
  ensure(
    headWidth(tensors) > 0 && channels === RESTYLE_CHANNELS,
    'model',
    () =>
      `${file}: no ReStyle-e4e checkpoint: its encoder reads ${channels ?? 'no'} channels and has ` +
      `${headWidth(tensors) > 0 ? '' : 'no '}heads encoder.styles.*, ` +
      `expected ${RESTYLE_CHANNELS} channels and heads; give restyle_e4e_*.pt`,
  );
  const arch = isRecord(opts.arch) ? opts.arch : {};
  const architecture: RestyleArchitecture = {
    ...readGenerator(file, tensors),
    ...readReading(file, opts),
    encoder: readTrunk(file, tensors, 'encoder', arch.enc_units),
  };
  checkTensors({ file, encoderFile: file }, restyleTensors(architecture, headWidth(tensors)), tensors);
  return architecture;
}
