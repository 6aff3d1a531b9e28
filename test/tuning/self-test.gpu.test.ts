/**
 * A driver that miscompiles one shader: the self-test notices, the engine says so, does without, and computes the same
 * pictures.
 */
import { describe, expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { RUNGS, type Rung } from '../../src/kernels/rungs.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import type { ChoiceStore } from '../../src/tuning/choice-store.ts';
import { ChoiceTable, ShapeCollector, taskKey } from '../../src/tuning/choices.ts';
import { selfTest } from '../../src/tuning/self-test.ts';
import { trialsOf } from '../../src/tuning/trials.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { smallWeights, testPicture } from '../pipeline/small-model.ts';
import { borrowedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';
import { CPU, HEADS, isFound, MISCOMPILED, miscompiling, testRungs } from './miscompiled.ts';

describe('the self-test', () => {
  it('finds nothing wrong with any rung here', async () => {
    const rungs = RUNGS.filter((rung) => rung !== 'product/matrix'); // test/kernels/matrix-product.gpu.test.ts has that one
    const { failures, passed } = await testRungs(await borrowedDevice(), rungs, CPU);
    expect(failures).toEqual([]);
    expect(new Set(passed)).toEqual(new Set(rungs));
  });

  it.each(MISCOMPILED)('finds that %s computes wrongly with "%s" → "%s"', isFound);

  it('leaves shaders alone that the network does not run: they cost compile time', async () => {
    const device = await miscompiling('batched_product', 'k = 1u', 'k = 3u');
    const rungs: readonly Rung[] = ['product/registers'];
    const run = new KernelRun();
    for (const trial of trialsOf('product/registers', CPU, HEADS)) trial(run);
    const records = run.nodes.filter(({ shader }) => shader === 'batched_product_narrow');
    const pipelines = new PipelineCache(device);
    expect(await selfTest({ device, pipelines, facts: CPU, records, rungs })).toEqual({ failures: [], passed: rungs });
    expect(pipelines.size).toBe(1);
  });
});

/** A device that runs what is bound the first time only, as Adreno 8xx does with replayed graphs. */
async function forgetful(): Promise<GPUDevice> {
  const device = await borrowedDevice();
  const encoderOf = device.createCommandEncoder.bind(device);
  const seen = new Set<unknown>();
  device.createCommandEncoder = (descriptor) => {
    const encoder = encoderOf(descriptor);
    const passOf = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (passDescriptor) => {
      const pass = passOf(passDescriptor);
      const [bind, dispatch] = [pass.setBindGroup.bind(pass), pass.dispatchWorkgroups.bind(pass)];
      let known = false;
      pass.setBindGroup = (...args: unknown[]) => {
        known = seen.has(args[1]);
        seen.add(args[1]);
        return bind(...(args as Parameters<typeof bind>));
      };
      pass.dispatchWorkgroups = (...args) => (known ? undefined : dispatch(...args));
      return pass;
    };
    return encoder;
  };
  return device;
}

it('finds that a driver computes a replayed graph wrongly', async () => {
  const rungs: readonly Rung[] = ['layerHead/layer_head_direct'];
  const { failures } = await testRungs(await forgetful(), rungs, CPU);
  expect(failures.map(({ rung }) => rung)).toEqual(rungs);
});

/** An inverted picture, and which kernels made it. */
async function inverted(device: GPUDevice) {
  const warnings: string[] = [];
  const onWarning = (warning: string): number => warnings.push(warning);
  const hs = await HyperStyle.fromWeights(await smallWeights(), { device, onWarning });
  const { picture } = await hs.invert(testPicture(40, 30), { steps: 2 });
  return { kernels: hs.kernels, warnings, values: await picture.toFloats() };
}

describe('an engine', () => {
  it('does without what computes wrongly, says so, and draws the same picture', async () => {
    const right = await inverted(await borrowedDevice());
    expect(right.kernels).toMatchObject({ distrusted: [], warnings: [] });
    expect(right.kernels.rungs).toContain('conv2d/winograd');

    const { kernels, warnings, values } = await inverted(
      await miscompiling('winograd_input', '2.5 * six[2]', '2.6 * six[2]'),
    );
    expect([...kernels.distrusted]).toEqual(['conv2d/winograd']);
    expect(kernels.rungs).toEqual(expect.arrayContaining(['conv2d/columns', 'upConv/columns']));
    expect(kernels.rungs).not.toContain('conv2d/winograd');
    expect(warnings).toEqual(kernels.warnings);
    expect(warnings[0]).toMatch(/conv2d\/winograd computes wrongly on .*relative error/);
    expect(relativeError(values, right.values)).toBeLessThan(TOLERANCE.goldenPipeline);
  });

  it('drops a measured choice that computes wrongly', async () => {
    const shapes = new ShapeCollector();
    new HyperStyleNetwork(await smallWeights(), { ...CPU, tuned: shapes });
    const convolutions = shapes.tasks().filter(({ family }) => family === 'conv2d');
    const choice = { variant: 'tiled', product: 'registers' } as const;
    const table = new ChoiceTable(new Map(convolutions.map((task) => [taskKey(task), choice])));
    const choiceStore: ChoiceStore = {
      get: async () => new TextEncoder().encode(table.toText()),
      put: async () => undefined,
    };
    const device = await miscompiling('conv2d_tiled', 'params.stride', '1u');
    const options = { device, tune: true, choiceStore, onWarning: () => undefined };
    const { kernels } = await HyperStyle.fromWeights(await smallWeights(), options);
    expect(kernels.tuned.shapes).toBe(table.choices.size);
    expect(kernels.distrusted).toEqual(['conv2d/tiled']);
    expect(kernels.rungs).not.toContain('conv2d/tiled');
  });
});

/** The small model with a sample picture, its errors as given. */
async function withSample(errors: readonly number[]): Promise<WeightSource> {
  const { data, width, height } = testPicture(48, 48);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  const picture = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return { ...(await smallWeights()), sample: async () => ({ name: 'a.png', picture, errors }) };
}

describe('a sample picture', () => {
  /** Loads the small model, told to expect `errors`. */
  async function loaded(device: GPUDevice, errors: readonly number[]) {
    const warnings: string[] = [];
    const onWarning = (warning: string): number => warnings.push(warning);
    const { kernels } = await HyperStyle.fromWeights(await withSample(errors), {
      device,
      onWarning,
      sampleCheck: true,
    });
    return { kernels, warnings };
  }

  it('shows what is wrong for large pictures only: the simplest kernels take over, or none', async () => {
    const device = await borrowedDevice();
    const hs = await HyperStyle.fromWeights(await smallWeights(), { device });
    expect(hs.kernels.sample).toMatchObject({ state: 'skipped', why: expect.stringContaining('CPU adapters') });
    const { steps } = await hs.invert(testPicture(48, 48), { steps: 1 });
    const errors = steps.map(({ l2 }) => l2);

    const right = await loaded(device, errors);
    expect(right.kernels).toMatchObject({ sample: { state: 'passed', expected: errors }, warnings: [] });
    await expect(loaded(device, [1e-6])).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/comes out wrong on .* with every kernel \(y_0 .* sampleCheck: false/),
    });

    // the self-test's pictures are 20 wide at most
    const broken = await miscompiling(
      'winograd_input',
      '2.5 * six[2]',
      'select(2.5, 9.5, params.width_quads > 5) * six[2]',
    );
    const { kernels, warnings } = await loaded(broken, errors);
    expect(kernels).toMatchObject({ sample: { state: 'passed' }, distrusted: [], warnings });
    expect(kernels.rungs.filter((rung) => rung.startsWith('conv2d/'))).toEqual(['conv2d/direct']);
    expect(warnings).toEqual([
      expect.stringMatching(/a sample picture comes out wrong .* with the kernels .*winograd/),
    ]);
  });
});
