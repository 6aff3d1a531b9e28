/** Networks of losses with made-up weights: tensors of the smallest of each form, under the names of people's files. */
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { elementCount, type Shape } from '../../src/tensor.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';

type Shapes = Record<string, Shape>;

function batchNorm(key: string, channels: number): Shapes {
  const names = ['weight', 'bias', 'running_mean', 'running_var'];
  return Object.fromEntries(names.map((name) => [`${key}.${name}`, [channels]]));
}

/** IR-SE of four stages that read 112 px, a unit each. */
export function identityShapes(widths: readonly [number, number, number, number, number] = [4, 4, 6, 8, 10]): Shapes {
  const [stem, ...stages] = widths;
  const shapes: Shapes = {
    'input_layer.0.weight': [stem, 3, 3, 3],
    ...batchNorm('input_layer.1', stem),
    'input_layer.2.weight': [stem],
  };
  let width: number = stem;
  stages.forEach((out, unit) => {
    const res = `body.${unit}.res_layer`;
    Object.assign(shapes, batchNorm(`${res}.0`, width), batchNorm(`${res}.4`, out), {
      [`${res}.1.weight`]: [out, width, 3, 3],
      [`${res}.2.weight`]: [out],
      [`${res}.3.weight`]: [out, out, 3, 3],
      [`${res}.5.fc1.weight`]: [1, out, 1, 1],
      [`${res}.5.fc2.weight`]: [out, 1, 1, 1],
    });
    if (out !== width) {
      const short = `body.${unit}.shortcut_layer`;
      Object.assign(shapes, { [`${short}.0.weight`]: [out, width, 1, 1] }, batchNorm(`${short}.1`, out));
    }
    width = out;
  });
  const last = { 'output_layer.3.weight': [5, width * 49], 'output_layer.3.bias': [5] };
  return { ...shapes, ...batchNorm('output_layer.0', width), ...last, ...batchNorm('output_layer.4', 5) };
}

/** ResNet-50's form with a unit a stage, as MoCo's file names it, and a part of what it has besides. */
export function mocoShapes(): Shapes {
  const shapes: Shapes = { 'conv1.weight': [4, 3, 7, 7], ...batchNorm('bn1', 4) };
  let width = 4;
  for (let stage = 1; stage <= 4; stage++) {
    const key = `layer${stage}.0`;
    const [narrow, out] = [2 + stage, 4 * (1 + stage)];
    Object.assign(shapes, {
      [`${key}.conv1.weight`]: [narrow, width, 1, 1],
      [`${key}.conv2.weight`]: [narrow, narrow, 3, 3],
      [`${key}.conv3.weight`]: [out, narrow, 1, 1],
      [`${key}.downsample.0.weight`]: [out, width, 1, 1],
    });
    Object.assign(shapes, batchNorm(`${key}.bn1`, narrow), batchNorm(`${key}.bn2`, narrow));
    Object.assign(shapes, batchNorm(`${key}.bn3`, out), batchNorm(`${key}.downsample.1`, out));
    width = out;
  }
  const queries = Object.entries(shapes).map(([key, shape]) => [`module.encoder_q.${key}`, shape] as const);
  return {
    ...Object.fromEntries(queries),
    'module.encoder_q.fc.0.weight': [4, width],
    'module.encoder_k.bn1.bias': [4],
  };
}

/** A safetensors file of such tensors, with small weights and variances that are some. */
export function lossFile(shapes: Shapes): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: 'f32' as const }));
  const values = entries.map(({ name, shape }) => {
    const fan = Math.sqrt(Math.max(1, elementCount(shape.slice(1))));
    const around = name.endsWith('running_var') ? 1 : 0;
    return randomArray(name, elementCount(shape)).map((value) => around + (around ? value ** 2 : value / fan));
  });
  const parts = [safetensorsHeader(entries), ...values.map((row) => new Uint8Array(row.buffer))];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}
