/** Golden cases of StyleCLIP's global directions, on the base model or on a generator and offsets of the case's own. */
import { readDirections } from '../../../src/editing/direction-files.ts';
import { type EditSpace, editSpace, noEdit } from '../../../src/editing/edit-space.ts';
import { type GlobalDirection, globalStyles } from '../../../src/editing/styleclip.ts';
import { ensure } from '../../../src/errors.ts';
import type { OpenDevice } from '../../../src/runtime/device.ts';
import { writeNpy } from '../../../src/weights/npy-writer.ts';
import { bytesSource } from '../../../src/weights/random-access.ts';
import { TOLERANCE } from '../../../test/tolerances.ts';
import { batchEntry, type Difference, type Golden, goldenTensor } from '../golden-file.ts';
import { Outputs } from '../pipeline-case.ts';
import type { EditCase } from './edit-cases.ts';
import { GivenOffsets } from './given-offsets.ts';
import { type Files, goldenCheckpoint, goldenFile, Stage } from './stage.ts';

async function directionOf(files: Files, golden: Golden, space: EditSpace): Promise<GlobalDirection> {
  const { fs3, s_mean_std, moved_count } = golden.entry;
  const deltaI = Float32Array.from(goldenTensor(golden, 'in.delta_i').data);
  const sources = [
    bytesSource('phrase.npy', writeNpy({ shape: [deltaI.length], data: deltaI })),
    await goldenFile(files, fs3),
    await goldenFile(files, s_mean_std),
  ];
  const direction = (await readDirections(sources, space)).get('phrase');
  ensure(direction?.kind === 'global', 'file', `${fs3}: gave no global direction`);
  return typeof moved_count === 'number' ? { ...direction, movedLayers: moved_count } : direction;
}

/** Every β and α: `show` draws the person with what is added to the styles. */
async function eachEdit(
  golden: Golden,
  outputs: Outputs,
  space: EditSpace,
  direction: GlobalDirection,
  show: (styleOffset: Float32Array<ArrayBuffer>, suffix: string) => Promise<void>,
): Promise<void> {
  const { alphas, betas } = golden.entry as unknown as { alphas: readonly number[]; betas: readonly number[] };
  outputs.addWhole('relevance', direction.relevance, TOLERANCE.editing);
  for (const [b, beta] of betas.entries()) {
    const styles = globalStyles(space, direction, beta);
    outputs.addWhole(`direction${b}`, styles, TOLERANCE.editing);
    if (styles.every((v) => v === 0)) continue;
    for (const [a, alpha] of alphas.entries())
      await show(
        styles.map((v) => alpha * v),
        `${b}_${a}`,
      );
  }
}

/** On the base model's person. */
export async function styleClip({ files, golden, stage, outputs }: EditCase): Promise<void> {
  const { space } = stage;
  const latent = batchEntry(goldenTensor(golden, 'in.latent'), 0);
  await eachEdit(golden, outputs, space, await directionOf(files, golden, space), async (styleOffset, suffix) => {
    const edit = { ...noEdit(space), styleOffset };
    outputs.add(`y${suffix}`, 0, await stage.picture(latent, [Stage.whole(stage.person())], edit));
  });
}

/** On the case's own generator and offsets; the pictures are compared as means over squares and as a crop. */
export async function ownStyleClip(files: Files, golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const { generator, pool, crop } = golden.entry;
  const checkpoint = await goldenCheckpoint(files, generator);
  const outputs = new Outputs(golden);
  const stage = await GivenOffsets.open(opened, checkpoint, golden);
  try {
    const space = editSpace(stage.sizes);
    const latent = batchEntry(goldenTensor(golden, 'in.latent'), 0);
    const [top = 0, bottom = 0, left = 0, right = 0] = crop as number[];
    await eachEdit(golden, outputs, space, await directionOf(files, golden, space), async (styleOffset, suffix) => {
      const y = await stage.picture(latent, { ...noEdit(space), styleOffset });
      outputs.add(`pool${pool}_${suffix}`, 0, pooled(y, stage.sizes.size, Number(pool)));
      outputs.add(`crop_${suffix}`, 0, cropped(y, stage.sizes.size, { top, bottom, left, right }));
    });
    return outputs.all();
  } finally {
    stage.dispose();
  }
}

/** Means over squares of `side` pixels of a planar picture `[3, size, size]`. */
function pooled(y: Float32Array, size: number, side: number): Float32Array {
  const small = size / side;
  return Float32Array.from({ length: 3 * small * small }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / small ** 2), Math.floor(i / small) % small, i % small];
    let sum = 0;
    for (let n = 0; n < side ** 2; n++) {
      const at = (channel * size + row * side + Math.floor(n / side)) * size + column * side + (n % side);
      sum += y[at] ?? Number.NaN;
    }
    return sum / side ** 2;
  });
}

interface Crop {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function cropped(y: Float32Array, size: number, { top, bottom, left, right }: Crop): Float32Array {
  const [height, width] = [bottom - top, right - left];
  return Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return y[(channel * size + top + row) * size + left + column] ?? Number.NaN;
  });
}
