/**
 * MoCo's ResNet-50 as people have it: `moco_v2_800ep_pretrain.pth.tar` (`state_dict` with `module.encoder_q.*`, whose
 * projection head is ignored), or what `convert` wrote. Keys here: `moco.` and torchvision's. Widths are read from the
 * shapes.
 */
import { ensure } from '../errors.ts';
import { tensorsSource } from './checkpoint-source.ts';
import { type LossFile, LossTensors } from './loss-tensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

/** Weights of MoCo's network. */
export interface MocoSource extends Pick<WeightSource, 'name' | 'totalBytes' | 'stream'> {
  readonly loss: 'moco';
  /** Units of each stage. */
  readonly units: readonly number[];
  /** Of its checkpoint keys, with its dot. */
  readonly prefix: string;
  /** Side of the picture it reads; 224 when absent. */
  readonly side?: number;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const MOCO_PREFIX = 'moco.';
const NAME = "MoCo's network";

/** Whether a checkpoint has MoCo's network. */
export function isMoco({ tensors }: Pick<LossFile, 'tensors'>): boolean {
  return tensors.has(`${MOCO_PREFIX}layer1.0.conv3.weight`);
}

/**
 * The tensors of MoCo's network, in the order in which they are used, and units of its stages.
 * @throws `model` error when there is none in the files, `tensor` error naming the first tensor that does not fit, and
 * both shapes
 */
export function mocoTensors(files: readonly LossFile[]): { units: number[]; tensors: Map<string, StoredTensor> } {
  const found = new LossTensors(files, MOCO_PREFIX);
  ensure(
    found.shape('layer1.0.conv3.weight'),
    'model',
    () => `${found.files}: no network of MoCo (encoder_q.layer1.*); give moco_v2_800ep_pretrain.pth.tar`,
  );
  let width = found.outputs('conv1.weight');
  found.take(NAME, 'conv1.weight', [width, 3, 7, 7]);
  found.takeBatchNorm(NAME, 'bn1', width);
  const units: number[] = [];
  for (let stage = 1; found.shape(`layer${stage}.0.conv1.weight`); stage++) {
    let unit = 0;
    for (; found.shape(`layer${stage}.${unit}.conv1.weight`); unit++) {
      width = takeBottleneck(found, `layer${stage}.${unit}`, width);
    }
    units.push(unit);
  }
  return { units, tensors: found.taken };
}

/** Takes one unit. @returns its output channels */
function takeBottleneck(found: LossTensors, key: string, width: number): number {
  const [narrow, middle, out] = [1, 2, 3].map((n) => found.outputs(`${key}.conv${n}.weight`)) as [
    number,
    number,
    number,
  ];
  found.take(NAME, `${key}.conv1.weight`, [narrow, width, 1, 1]);
  found.takeBatchNorm(NAME, `${key}.bn1`, narrow);
  found.take(NAME, `${key}.conv2.weight`, [middle, narrow, 3, 3]);
  found.takeBatchNorm(NAME, `${key}.bn2`, middle);
  found.take(NAME, `${key}.conv3.weight`, [out, middle, 1, 1]);
  found.takeBatchNorm(NAME, `${key}.bn3`, out);
  if (found.shape(`${key}.downsample.0.weight`) || out !== width) {
    found.take(NAME, `${key}.downsample.0.weight`, [out, width, 1, 1]);
    found.takeBatchNorm(NAME, `${key}.downsample.1`, out);
  }
  return out;
}

/** MoCo's network of a checkpoint as weights. Errors as {@link mocoTensors}. */
export function mocoSource(files: readonly LossFile[]): MocoSource {
  const { units, tensors } = mocoTensors(files);
  return { ...tensorsSource({ name: NAME, architecture: null, tensors }), loss: 'moco', units, prefix: MOCO_PREFIX };
}
