/** What a training can be asked for: defaults, and refusals that name the option. */
import { describe, expect, it } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { ensureRoomFor, tuningNeed } from '../../src/method/tuning-memory.ts';
import { settingsOf, type TrainerOptions } from '../../src/training/trainer-options.ts';
import { TrainingNetwork } from '../../src/training/training-network.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';

/** The tiny model's architecture, with weights in name only. */
function tiny() {
  const { architecture, widths } = fakeModel('tiny');
  const used = [...layoutTensors(architecture, widths)].filter(isUsed);
  const average = { name: 'latent_avg', shape: [architecture.latentCount, architecture.styleDim] };
  const tensors = new Map<string, TensorInfo>(
    [...used, average].map(({ name, shape }) => [name, { name, shape, dtype: 'f32' }]),
  );
  return { name: 'tiny', architecture, tensors };
}

describe('options of a training', () => {
  it('frozen statistics for batches of one and for other parts than the hypernetwork, else those of the batch', () => {
    const statistics = (o: TrainerOptions): string => settingsOf(o).recipe.statistics;
    expect(statistics({})).toBe('frozen');
    expect(statistics({ batch: 2 })).toBe('batch');
    expect(statistics({ batch: 2, statistics: 'frozen' })).toBe('frozen');
    expect(statistics({ batch: 2, part: 'encoder' })).toBe('frozen');
  });

  it.each<[TrainerOptions, RegExp]>([
    [{ batch: 0 }, /batch is 0, expected a whole number/],
    [{ passes: 2.5 }, /passes is 2.5/],
    [{ average: 1 }, /average is 1, expected 0 or a decay below 1/],
    [{ clip: Number.NaN }, /clip is NaN/],
    [{ loss: {} }, /nothing to learn from/],
    [{ part: 'decoder' as 'generator' }, /part is "decoder", expected hypernetwork, encoder, generator/],
    [{ seed: -1 }, /seed is -1/],
  ])('%o is refused', (options, message) => {
    expect(() => settingsOf(options)).toThrow(message);
  });

  it.each<[TrainerOptions, RegExp]>([
    [{ statistics: 'batch' }, /"batch" need at least two pictures at once, batch is 1/],
    [{ part: 'generator', batch: 2, statistics: 'batch' }, /a generator has no BatchNorm/],
  ])('%o has no statistics', (options, message) => {
    expect(() => new TrainingNetwork(tiny(), settingsOf(options).recipe, DEFAULT_FACTS)).toThrow(message);
  });

  it('a model without the part, or in int8, is refused', () => {
    const { recipe } = settingsOf({});
    const model = tiny();
    const none = { ...model, architecture: { ...model.architecture, hypernetwork: null } };
    expect(() => new TrainingNetwork(none, recipe, DEFAULT_FACTS)).toThrow(/no hypernetwork to train/);
    const key = 'hypernet.shared_weight_hypernet.w1';
    const info = model.tensors.get(key);
    if (info) model.tensors.set(key, { ...info, dtype: 'i8' });
    expect(() => new TrainingNetwork(model, recipe, DEFAULT_FACTS)).toThrow(/w1" is stored as int8, too coarse/);
  });
});

it('muon keeps one moment of what is a matrix, and moves the rest by Adam', () => {
  const { recipe } = settingsOf({ optimiser: 'muon' });
  const { optimiser } = new TrainingNetwork(tiny(), recipe, DEFAULT_FACTS);
  const slotOf = (key: string) => optimiser.slots.find(({ learnt }) => learnt.keys.some(([name]) => name === key));
  const [filter, head, bias] = ['conv1.weight', 'shared_weight_hypernet.w1', 'bn1.bias'].map((key) =>
    slotOf(`hypernet.${key}`),
  );
  // 8 filters of 6·7·7 numbers lie side by side; a head's rows one after another
  expect(filter?.matrix).toEqual({ matrix: [294, 8], turned: true });
  expect(head?.matrix?.turned).toBe(false);
  expect(head?.second).toBeUndefined();
  expect(bias?.matrix).toBeUndefined();
  expect(bias?.second).toBeDefined();
  const written = optimiser.numbersOf(1, 0.02, 0.5);
  const matrices = written.find(([tensor]) => tensor === optimiser.matrixNumbers)?.[1];
  expect([...(matrices ?? [])]).toEqual([Math.fround(0.02), 0.5]);
});

it('too little memory is refused beforehand, with the need', () => {
  const network = new TrainingNetwork(tiny(), settingsOf({ batch: 2 }).recipe, DEFAULT_FACTS);
  const limits = { minUniformBufferOffsetAlignment: 256, maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 };
  const need = tuningNeed([network], limits);
  const device = { limits: limits as GPUSupportedLimits };
  const all = need.lasting + need.activations;
  expect(() => ensureRoomFor(network.name, need, { device, used: 0, memory: all })).not.toThrow();
  expect(() => ensureRoomFor(network.name, need, { device, used: 0, memory: all - 1 })).toThrow(
    /training of the hypernetwork of this model needs \d+ MiB of GPU memory .* allow \d+ MiB/,
  );
});
