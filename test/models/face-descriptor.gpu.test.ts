/** The face descriptor on our kernels against plain TensorFlow.js on the CPU, and as a loss on a photo. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import { FaceFinder } from '../../src/index-faces.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { ConvWeights } from '../../src/models/conv-weights.ts';
import { describeFace } from '../../src/models/face-descriptor.ts';
import { LossNetwork } from '../../src/models/loss-network.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import { factsOf } from '../../src/runtime/device.ts';
import type { Network } from '../../src/runtime/network.ts';
import { Runtime } from '../../src/runtime/runtime.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { type GraphModel, readGraphModel } from '../../src/weights/graph-model.ts';
import { FACE_MODELS, twoFaces } from '../faces/photo-parts.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';

/** Where the test server has the package that carries it; set-up writes the same form. */
const PACKAGE = '/node_modules/@vladmandic/face-api/model/face_recognition_model';
const SIDE = 150;
/** Distance of two pictures of one person at most, of two people at least (King 2017). */
const ONE_PERSON = 0.6;

async function bytes(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function descriptor(): Promise<GraphModel> {
  const weightsManifest: unknown = JSON.parse(
    new TextDecoder().decode(await bytes(`${PACKAGE}-weights_manifest.json`)),
  );
  const json = new TextEncoder().encode(JSON.stringify({ format: 'graph-model', weightsManifest }));
  return readGraphModel('descriptor', json, await bytes(`${PACKAGE}.bin`));
}

/** The network as face-api computes it, of a picture [3, 150, 150] in [-1, 1]. */
async function theirs(model: GraphModel, x: Float32Array): Promise<ArrayLike<number>> {
  await tf.setBackend('cpu');
  const weights = new Map<string, tf.Tensor>();
  await model.stream(({ name, shape }, data) => {
    weights.set(name, tf.tensor(new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4), [...shape]));
  });
  const at = (name: string): tf.Tensor => weights.get(name) ?? tf.scalar(Number.NaN);
  const conv = (input: tf.Tensor4D, name: string, stride: 1 | 2): tf.Tensor4D => {
    const filter = tf.transpose(at(`${name}/conv/filters`), [2, 3, 1, 0]) as tf.Tensor4D;
    const sums = tf.add(tf.conv2d(input, filter, stride, stride === 2 ? 'valid' : 'same'), at(`${name}/conv/bias`));
    return tf.add(tf.mul(sums, at(`${name}/scale/weights`)), at(`${name}/scale/biases`));
  };
  const colours = tf.transpose(tf.tensor4d(x, [1, 3, SIDE, SIDE]), [0, 2, 3, 1]);
  const normed = tf.div(tf.sub(tf.mul(tf.add(colours, 1), 127.5), tf.tensor1d([122.782, 117.001, 104.298])), 255);
  let y = tf.maxPool(tf.relu(conv(normed as tf.Tensor4D, 'conv32_down', 2)), 3, 2, 'valid');
  for (const name of [...weights.keys()].flatMap((key) => /^(conv\w+)\/conv1\/conv\/bias$/.exec(key)?.[1] ?? [])) {
    const down = name.includes('down');
    const main = conv(tf.relu(conv(y, `${name}/conv1`, down ? 2 : 1)), `${name}/conv2`, 1);
    const pooled = down ? tf.avgPool(y, 2, 2, 'valid') : y;
    const [, height, width] = pooled.shape;
    const grown = tf.pad(main, [
      [0, 0],
      [0, height - main.shape[1]],
      [0, width - main.shape[2]],
      [0, 0],
    ]);
    const wide = tf.pad(pooled, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, main.shape[3] - pooled.shape[3]],
    ]);
    y = tf.relu(tf.add(grown, wide));
  }
  return tf.matMul(tf.mean(y, [1, 2]), at('fc') as tf.Tensor2D).dataSync();
}

/** Our kernels on a face, as a network. */
function ours(model: GraphModel, runtime: Runtime): Network<'describe'> & { readonly state: Record<string, Tensor> } {
  const plan = new WeightPlan(model.tensors);
  const graph = new Graph('describe');
  const [face, found] = [tensor('face', [3, SIDE, SIDE]), tensor('descriptor', [1, 128])];
  describeFace(graph, new ConvWeights(plan, runtime.opened.facts), face, found);
  return { name: 'face descriptor', plan, graphs: new Map([['describe', graph]]), state: { face, found } };
}

async function openRuntime(): Promise<Runtime> {
  const { device } = await sharedDevice();
  const facts = factsOf(device, device.adapterInfo);
  return new Runtime({ device, facts, adapterName: 'test', warnings: [], owned: false });
}

it('gives the numbers of TensorFlow.js', async () => {
  const model = await descriptor();
  const x = randomArray('face', 3 * SIDE * SIDE);
  const wanted = await theirs(model, x);
  const runtime = await openRuntime();
  const network = ours(model, runtime);
  const mounted = await runtime.mount(network, model);
  mounted.write(network.state.face as Tensor, x);
  mounted.run('describe');
  const found = await runtime.read(network.state.found as Tensor);
  const scale = Math.max(...Array.from(wanted, Math.abs));
  expect(scale).toBeGreaterThan(0.05);
  found.forEach((value, i) => {
    expect(Math.abs(value - (wanted[i] ?? Number.NaN)) / scale).toBeLessThan(TOLERANCE.faceNetwork);
  });
  mounted.dispose();
  runtime.dispose();
});

it('knows a person by a smaller, mirrored picture, and not what is no face', async () => {
  const runtime = await openRuntime();
  const photo = await twoFaces();
  const finder = await FaceFinder.mount((file) => bytes(FACE_MODELS + file), runtime);
  const { faces } = await finder.find(photo, { most: 2 });
  const picture = async (index: number, size: number): Promise<Float32Array> => {
    const face = faces[index];
    if (!face) throw new Error('no face');
    const { data } = (await finder.align(photo, face, { size })).picture;
    const plane = size * size;
    return Float32Array.from(
      { length: 3 * plane },
      (_, i) => (data[4 * (i % plane) + Math.floor(i / plane)] ?? 0) / 127.5 - 1,
    );
  };
  const model = await descriptor();
  const network = new LossNetwork({ ...model, loss: 'face' }, runtime.opened.facts, tensor('target', [3, 128, 128]));
  const mounted = await runtime.mount(network, model);
  const [one, two] = [await picture(0, 128), await picture(1, 128)];
  mounted.write(network.state.target, one);
  mounted.run('target');
  const apart = async (other: Float32Array): Promise<number> => {
    mounted.write(network.state.picture, other);
    mounted.run('distance');
    return Math.sqrt((await runtime.read(network.state.distance))[0] ?? Number.NaN);
  };
  expect(await apart(one)).toBe(0);
  expect(await apart(two)).toBeLessThan(ONE_PERSON); // the photo shows her twice
  expect(await apart(one.toReversed())).toBeGreaterThan(ONE_PERSON); // upside down
  mounted.dispose();
  finder.dispose();
  runtime.dispose();
});
