/** ReStyle-e4e checkpoints: `decoder.*`, `encoder.*` with its heads `encoder.styles.*`, `latent_avg`. */
import type { RestyleArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { checkTensors, isRecord, readGenerator, readReading, readTrunk, type TensorShapes } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type SourceOf, tensorsSource } from './checkpoint-source.ts';
import { isUsed, restyleTensors } from './layout.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { AVERAGE_LATENT } from './unified-keys.ts';
import { averageLatent } from './unify.ts';

/** Channels that its encoder reads: photo and reconstruction. */
const RESTYLE_CHANNELS = 6;

/**
 * A ReStyle-e4e checkpoint as weights.
 * @throws `model` error when it is none, `tensor` error when a tensor is missing or has another shape
 */
export function restyleSource(checkpoint: Checkpoint): SourceOf<RestyleArchitecture> {
  const { name, tensors: found, opts } = checkpoint;
  const architecture = readRestyleArchitecture(name, found, opts);
  const tensors = new Map<string, StoredTensor>();
  for (const expected of restyleTensors(architecture, headWidth(found))) {
    const tensor = found.get(expected.name);
    if (tensor && isUsed(expected)) tensors.set(expected.name, tensor);
  }
  const average = found.get(AVERAGE_LATENT);
  ensure(average, 'tensor', () => `${name}: tensor "latent_avg" is missing; save it beside state_dict`);
  tensors.set(AVERAGE_LATENT, averageLatent(name, average, architecture));
  return tensorsSource({ name, architecture, tensors });
}

function headWidth(tensors: TensorShapes): number {
  return tensors.get('encoder.styles.0.convs.0.weight')?.shape[0] ?? 0;
}

function readRestyleArchitecture(
  file: string,
  tensors: TensorShapes,
  opts: Readonly<Record<string, unknown>>,
): RestyleArchitecture {
  const channels = tensors.get('encoder.input_layer.0.weight')?.shape[1];
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
