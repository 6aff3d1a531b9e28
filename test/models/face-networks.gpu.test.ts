/** BlazeFace and FaceMesh on our kernels against the same files run by TensorFlow.js on the CPU. */
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { StagedRun } from '../../src/graph/staged-run.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { FaceDetector } from '../../src/models/face-detector.ts';
import { FaceMesh } from '../../src/models/face-mesh.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs } from '../../src/runtime/compile.ts';
import { factsOf } from '../../src/runtime/device.ts';
import { readTensors } from '../../src/runtime/kernel-run.ts';
import { deviceMemory } from '../../src/runtime/staged-memory.ts';
import { elementCount, type Tensor } from '../../src/tensor.ts';
import { readGraphModel } from '../../src/weights/graph-model.ts';
import { FACE_MODELS } from '../faces/photo-parts.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';

async function bytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`${FACE_MODELS}${file}`);
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** What TensorFlow.js computes, each output flat with channels last. */
async function theirs(name: string, x: Float32Array, side: number): Promise<Map<number, Float32Array>> {
  await tf.setBackend('cpu');
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(await bytes(`${name}.json`)));
  const weightData = (await bytes(`${name}.bin`)).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }: { weights: unknown[] }) => weights);
  const model = await loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
  const planes = tf.tensor4d(x, [1, 3, side, side]);
  const outputs = [model.execute(tf.transpose(planes, [0, 2, 3, 1]))].flat();
  // the outputs of a network all differ in size
  return new Map(outputs.map((output) => [output.size, output.dataSync<'float32'>()]));
}

interface Network {
  readonly plan: FaceMesh['plan'];
  readonly graph: FaceMesh['graph'];
  readonly x: Tensor;
}

/** What our kernels compute. */
async function ours(
  name: string,
  make: (model: ReturnType<typeof readGraphModel>) => Network,
  x: Float32Array,
  outputs: (network: Network) => readonly Tensor[],
): Promise<Float32Array[]> {
  const { device, pipelines } = await sharedDevice();
  const model = readGraphModel(name, await bytes(`${name}.json`), await bytes(`${name}.bin`));
  const network = make(model);
  const buffers = new DeviceBuffers(device);
  try {
    await buffers.allocate([...network.graph.persistentTensors(), ...network.plan.prepare.persistentTensors()]);
    const prepare = new StagedRun(network.plan.prepare, new Set(), deviceMemory(buffers, pipelines));
    await network.plan.load(model, prepare);
    await prepare.finish();
    const program = await compileGraphs(buffers, pipelines, [network.graph]);
    buffers.write(network.x, x);
    for (const executable of program.executables) executable.submit(device);
    const wanted = outputs(network);
    const read = await readTensors(buffers, wanted);
    return read.map((data, i) => new Float32Array(data, 0, elementCount(wanted[i]?.shape ?? [])));
  } finally {
    buffers.destroy();
  }
}

/** `[C, P]` → `[P, C]`. */
const channelsLast = (values: Float32Array, channels: number): Float32Array => {
  const pixels = values.length / channels;
  return values.map((_, i) => values[(i % channels) * pixels + Math.floor(i / channels)] ?? Number.NaN);
};

/** Largest difference relative to the largest value. */
function worst(actual: Float32Array, wanted: Float32Array | undefined): number {
  if (!wanted) throw new Error('TensorFlow.js has no output of this size');
  expect(actual.length).toBe(wanted.length);
  const scale = Math.max(1, ...wanted.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - (wanted[i] ?? Number.NaN)))) / scale;
}

describe('against TensorFlow.js on the CPU', () => {
  it('FaceMesh gives the same vertices and face flag', async () => {
    const x = randomArray('face crop', 3 * 192 * 192).map((v) => 0.5 + 0.5 * v);
    const reference = await theirs('facemesh', x, 192);
    const { device } = await sharedDevice();
    const make = (model: ReturnType<typeof readGraphModel>) => new FaceMesh(model, factsOf(device, device.adapterInfo));
    const [mesh, flag] = await ours('facemesh', make, x, (network) => {
      const { mesh: vertices, flag: face } = network as FaceMesh;
      return [vertices, face];
    });
    expect(worst(mesh ?? new Float32Array(), reference.get(1404))).toBeLessThan(TOLERANCE.faceNetwork);
    const score = flag?.map((v) => 1 / (1 + Math.exp(-v))) ?? new Float32Array();
    expect(worst(score, reference.get(1))).toBeLessThan(TOLERANCE.faceNetwork);
  });

  it('BlazeFace gives the same scores and boxes', async () => {
    const x = randomArray('face picture', 3 * 256 * 256);
    const reference = await theirs('blazeface', x, 256);
    const { device } = await sharedDevice();
    const make = (model: ReturnType<typeof readGraphModel>) =>
      new FaceDetector(model, factsOf(device, device.adapterInfo));
    const read = await ours('blazeface', make, x, (network) =>
      (network as FaceDetector).grids.flatMap(({ scores, boxes }) => [scores, boxes]),
    );
    const [fineScores, fineBoxes, scores, boxes] = read;
    const cells: readonly [Float32Array | undefined, number, number][] = [
      [fineScores, 2, 512],
      [fineBoxes, 32, 8192],
      [scores, 6, 384],
      [boxes, 96, 6144],
    ];
    for (const [values, channels, size] of cells) {
      const flat = channelsLast(values ?? new Float32Array(), channels);
      expect(worst(flat, reference.get(size)), `output of ${size}`).toBeLessThan(TOLERANCE.faceNetwork);
    }
  });
});
