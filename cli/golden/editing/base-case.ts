/** The golden case `base`: an ordinary inversion whose summed offsets and codes are compared in full. */
import type { Engine } from '../../../src/method/engine.ts';
import type { OpenDevice } from '../../../src/runtime/device.ts';
import { type Difference, type Golden, goldenTensor } from '../golden-file.ts';
import { Inspection, Outputs } from '../pipeline-case.ts';
import { type Files, Stage } from './stage.ts';

/** Offsets `[O, I, f, f]` repeated over the kernel's taps. */
function overTaps(values: Float32Array, taps: number, kernelTaps: number): Float32Array {
  if (taps ** 2 === kernelTaps) return values;
  return Float32Array.from({ length: values.length * kernelTaps }, (_, i) => values[Math.floor(i / kernelTaps)] ?? 0);
}

async function addDeltas(engine: Engine, n: number, outputs: Outputs): Promise<void> {
  const { deltas, generator } = engine.network;
  const retune = new Inspection(engine, 'retune');
  await retune.run();
  for (const [index, { delta, taps }] of deltas) {
    const layer = generator.generator.layers[index];
    if (!layer || !outputs.has(`delta${index}`)) continue;
    const count = layer.inChannels * layer.outChannels * taps ** 2;
    const all = await retune.read(delta.tensor);
    const values = all.subarray(delta.offset, delta.offset + count);
    outputs.add(`delta${index}`, n, overTaps(values, taps, layer.kind === 'rgb' ? 1 : 9));
  }
}

/** Codes: rows of the sums without their count of steps. */
function addCodes(engine: Engine, sums: readonly Float32Array[], n: number, outputs: Outputs): void {
  engine.network.hypernetwork?.groups.forEach(({ layers, codeSize, kind }, g) => {
    if (kind === 'separable') return;
    layers.forEach((layer, row) => {
      const start = row * (codeSize + 1);
      if (outputs.has(`code${layer}`))
        outputs.add(`code${layer}`, n, sums[g]?.slice(start, start + codeSize) ?? new Float32Array());
    });
  });
}

/** Every person of the base model. */
export async function baseCase(files: Files, golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const count = goldenTensor(golden, 'in.x').shape[0] ?? 1;
  const numbers = Array.from({ length: count }, (_, n) => n);
  const stage = await Stage.open(files, opened, golden.entry.name, numbers);
  try {
    const outputs = new Outputs(golden);
    for (const n of numbers) {
      const person = stage.person(n);
      outputs.add('codes', n, person.base);
      const last = `y${golden.entry.steps}`;
      outputs.add(last, n, await stage.picture(person.base, [Stage.whole(person)]));
      await addDeltas(stage.engine, n, outputs);
      addCodes(stage.engine, person.sums, n, outputs);
    }
    return outputs.all();
  } finally {
    stage.dispose();
  }
}
