/**
 * The identity network as people have it: ArcFace's IR-SE50 (`model_ir_se50.pth`: `input_layer.*`, `body.N.*`,
 * `output_layer.*`), or what `convert` wrote. Its trunk has the keys of an encoder, so that it arrives under
 * `encoder.`; only it has an `output_layer`. Widths are read from the shapes; stages follow from where they grow.
 */
import { ensure } from '../errors.ts';
import { tensorsSource } from './checkpoint-source.ts';
import { type LossFile, LossTensors } from './loss-tensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

/** A rectangle of a picture: rows and columns `[from, to)`. */
export interface Rectangle {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** Weights of the identity network. */
export interface IdentitySource extends Pick<WeightSource, 'name' | 'totalBytes' | 'stream'> {
  readonly loss: 'id';
  /** Units of each stage. */
  readonly units: readonly number[];
  /** Of its checkpoint keys, with its dot. */
  readonly prefix: string;
  /** Side of the picture it reads; 112 when absent. */
  readonly side?: number;
  /** What is cut out of a picture; the authors' part of it when absent. */
  readonly face?: Rectangle;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const IDENTITY_PREFIX = 'encoder.';
const NAME = 'the identity network';
/** Side of the picture it reads. */
const SIDE = 112;

/** Whether a checkpoint has an identity network. */
export function isIdentity({ tensors }: Pick<LossFile, 'tensors'>): boolean {
  return tensors.has(`${IDENTITY_PREFIX}output_layer.3.weight`);
}

/**
 * The tensors of the identity network, in the order in which they are used, and units of its stages: a stage begins
 * with the first unit and wherever channels grow.
 * @throws `model` error when there is none in the files, `tensor` error naming the first tensor that does not fit, and
 * both shapes
 */
export function identityTensors(files: readonly LossFile[]): { units: number[]; tensors: Map<string, StoredTensor> } {
  const found = new LossTensors(files, IDENTITY_PREFIX);
  ensure(
    found.shape('output_layer.3.weight'),
    'model',
    () => `${found.files}: no identity network (output_layer.3.weight); give model_ir_se50.pth`,
  );
  const take = found.take.bind(found, NAME);
  const takeBatchNorm = found.takeBatchNorm.bind(found, NAME);
  let width = found.outputs('input_layer.0.weight');
  take('input_layer.0.weight', [width, 3, 3, 3]);
  takeBatchNorm('input_layer.1', width);
  take('input_layer.2.weight', [width]);
  const units: number[] = [];
  for (let unit = 0; found.shape(`body.${unit}.res_layer.1.weight`); unit++) {
    const grows = found.shape(`body.${unit}.shortcut_layer.0.weight`) !== undefined;
    if (unit === 0 || grows) units.push(0);
    units.push((units.pop() ?? 0) + 1);
    width = takeUnit(found, `body.${unit}`, width, grows);
  }
  takeBatchNorm('output_layer.0', width);
  const [count = 0, inputs = 0] = found.shape('output_layer.3.weight') ?? [];
  const side = Math.round(Math.sqrt(inputs / width));
  take('output_layer.3.weight', [count, width * side ** 2]);
  take('output_layer.3.bias', [count]);
  takeBatchNorm('output_layer.4', count);
  return { units, tensors: found.taken };
}

/** Takes one unit. @returns its output channels */
function takeUnit(found: LossTensors, key: string, width: number, grows: boolean): number {
  const res = `${key}.res_layer`;
  const out = found.outputs(`${res}.1.weight`);
  const hidden = found.outputs(`${res}.5.fc1.weight`);
  found.takeBatchNorm(NAME, `${res}.0`, width);
  found.take(NAME, `${res}.1.weight`, [out, width, 3, 3]);
  found.take(NAME, `${res}.2.weight`, [out]);
  found.take(NAME, `${res}.3.weight`, [out, out, 3, 3]);
  found.takeBatchNorm(NAME, `${res}.4`, out);
  found.take(NAME, `${res}.5.fc1.weight`, [hidden, out, 1, 1]);
  found.take(NAME, `${res}.5.fc2.weight`, [out, hidden, 1, 1]);
  if (grows) {
    found.take(NAME, `${key}.shortcut_layer.0.weight`, [out, width, 1, 1]);
    found.takeBatchNorm(NAME, `${key}.shortcut_layer.1`, out);
  }
  return out;
}

/**
 * The identity network of a checkpoint as weights. Errors as {@link identityTensors}; and `tensor` when it reads
 * pictures of another side than 112.
 */
export function identitySource(files: readonly LossFile[]): IdentitySource {
  const { units, tensors } = identityTensors(files);
  const last = tensors.get(`${IDENTITY_PREFIX}output_layer.0.weight`)?.shape[0] ?? 0;
  const side = units.reduce((n) => Math.ceil(n / 2), SIDE);
  const inputs = tensors.get(`${IDENTITY_PREFIX}output_layer.3.weight`)?.shape[1];
  ensure(
    inputs === last * side ** 2,
    'tensor',
    () =>
      `${files.map(({ name }) => name).join(', ')}: "output_layer.3.weight" reads ${inputs} numbers, after ` +
      `${units.length} stages (${units.join('-')} units) of a picture of ${SIDE} px there are ${last * side ** 2}`,
  );
  return { ...tensorsSource({ name: NAME, architecture: null, tensors }), loss: 'id', units, prefix: IDENTITY_PREFIX };
}
