/** Golden cases of edits on the base model's people: directions of every kind, mixing, interpolation, strength. */
import { addDirection, type ChannelOffset, type Direction } from '../../../src/editing/direction.ts';
import { readDirections } from '../../../src/editing/direction-files.ts';
import { type EditVectors, noEdit, type RowRange } from '../../../src/editing/edit-space.ts';
import { type Strength, strengths } from '../../../src/editing/layer-groups.ts';
import { type MixPart, mix } from '../../../src/editing/mixing.ts';
import { sefa } from '../../../src/editing/sefa.ts';
import { ensure } from '../../../src/errors.ts';
import { TOLERANCE } from '../../../test/tolerances.ts';
import { batchEntry, type Golden, goldenTensor } from '../golden-file.ts';
import type { Outputs } from '../pipeline-case.ts';
import { type Files, goldenCheckpoint, goldenFile, Stage, type StagePerson } from './stage.ts';

/** What a case is computed with. */
export interface EditCase {
  readonly files: Files;
  readonly golden: Golden;
  readonly stage: Stage;
  readonly outputs: Outputs;
}

/** The latents that a case edits: usually the person's, in some cases others. */
function latentsOf({ golden }: EditCase): Float32Array {
  return batchEntry(goldenTensor(golden, 'in.latent'), 0);
}

/** Latents after an edit. */
function edited(base: Float32Array, { offset }: EditVectors): Float32Array {
  return base.map((value, i) => value + (offset[i] ?? 0));
}

/** One edit of the case's latents. */
function moved(c: EditCase, ...steps: readonly (readonly [Direction, number, RowRange?])[]): EditVectors {
  const { space } = c.stage;
  const edit = noEdit(space);
  for (const [direction, amount, rows] of steps) addDirection(space, latentsOf(c), direction, { amount, rows }, edit);
  return edit;
}

async function addEdit(c: EditCase, suffix: string, edit: EditVectors): Promise<void> {
  const { outputs } = c;
  outputs.add(`latent${suffix}`, 0, edited(latentsOf(c), edit), TOLERANCE.editing);
  outputs.add(`y${suffix}`, 0, await picture(c, edit));
}

/** The case's latents with all of its person's offsets. */
function picture(c: EditCase, edit?: EditVectors): Promise<Float32Array> {
  return c.stage.picture(latentsOf(c), [Stage.whole(c.stage.person())], edit);
}

async function directionOf({ files, stage }: EditCase, file: unknown): Promise<Direction> {
  const [direction] = (await readDirections([await goldenFile(files, file)], stage.space)).values();
  ensure(direction, 'file', () => `${file} holds no direction`);
  return direction;
}

/** InterFaceGAN in W or W+, from its file. */
export async function interfaceGan(c: EditCase): Promise<void> {
  const { file, factors } = c.golden.entry;
  const direction = await directionOf(c, file);
  for (const [i, factor] of (factors as number[]).entries()) await addEdit(c, String(i), moved(c, [direction, factor]));
}

/** GANSpace from its file. */
export async function ganspaceFile(c: EditCase): Promise<void> {
  const { file, edits } = c.golden.entry;
  const directions = [...(await readDirections([await goldenFile(c.files, file)], c.stage.space)).values()];
  for (const [i, [component, from, to, strength]] of (edits as [number, number, number, number][]).entries()) {
    const direction = directions[component];
    ensure(direction, 'option', () => `${file} has no component ${component}`);
    await addEdit(c, String(i), moved(c, [direction, strength, [from, to]]));
  }
}

/** The styles of the last picture. */
async function styles({ stage, outputs }: EditCase, name: string): Promise<void> {
  outputs.add(name, 0, await stage.engine.read(stage.engine.network.state.styles), TOLERANCE.editing);
}

/** Single channels. */
export async function styleSpace(c: EditCase): Promise<void> {
  const { outputs } = c;
  await picture(c);
  await styles(c, 'styles_before');
  const offsets = c.golden.entry.offsets as ChannelOffset[];
  const edit = moved(c, [{ kind: 'channels', name: 'channels', offsets }, 1]);
  outputs.add('y', 0, await picture(c, edit));
  await styles(c, 'styles');
}

/** W and W+ edits, then channels, with strengths. */
export async function combined(c: EditCase): Promise<void> {
  const { stage, outputs } = c;
  const { w, wplus, w_factor, wplus_factor, wplus_rows, offsets, levels } = c.golden.entry;
  const edit = moved(
    c,
    [await directionOf(c, w), Number(w_factor)],
    [await directionOf(c, wplus), Number(wplus_factor), wplus_rows as RowRange],
    [{ kind: 'channels', name: 'channels', offsets: offsets as ChannelOffset[] }, 1],
  );
  outputs.add('latent', 0, edited(latentsOf(c), edit), TOLERANCE.editing);
  const factors = strengths(stage.space.layers, levels as Strength);
  outputs.add('y', 0, await stage.picture(latentsOf(c), [Stage.whole(stage.person(), (i) => factors[i] ?? 0)], edit));
  await styles(c, 'styles');
}

/** Eigenvectors of the model's own modulation weights. */
export async function sefaCase(c: EditCase): Promise<void> {
  const { stage, outputs, golden } = c;
  const { styleDim, layers, latentCount } = stage.space;
  const { tensors } = await goldenCheckpoint(c.files, `${golden.entry.model}.hyperstyle.pt`);
  const weights: Float32Array[] = [];
  for (const { key } of layers)
    weights.push((await tensors.get(`decoder.${key}.conv.modulation.weight`)?.read()) ?? new Float32Array());
  const find = (rows: RowRange) => sefa(stage.space, (layer) => weights[layer] ?? new Float32Array(), rows);
  const chosen = golden.entry.rows as number[];
  const range: RowRange = [Math.min(...chosen), Math.max(...chosen) + 1];
  const [own, all] = [find(range), find([0, latentCount])];
  for (const [suffix, { values, vectors }] of [['', own] as const, ['_all', all] as const]) {
    outputs.addWhole(`values${suffix}`, Float32Array.from(values), TOLERANCE.eigenvalues);
    const three = Float32Array.from(vectors.subarray(0, 3 * styleDim));
    // unit vectors whose cosine is c are √(2 − 2c) apart
    outputs.addWhole(`directions${suffix}`, three, Math.sqrt(2 * TOLERANCE.eigenvectors));
  }
  for (const k of [0, 1]) {
    const values = Float32Array.from(own.vectors.subarray(k * styleDim, (k + 1) * styleDim));
    const direction: Direction = { kind: 'latent', name: `sefa ${k}`, vectors: 1, values, rows: range };
    const edit = moved(c, [direction, Number(golden.entry.amount)]);
    outputs.add(`y${k}`, 0, await picture(c, edit), TOLERANCE.sefaPicture);
  }
}

/** A picture of a mix of the stage's two people. */
async function mixed({ stage }: EditCase, parts: readonly MixPart<StagePerson>[]): Promise<Float32Array> {
  const { latents, weights } = mix(stage.space, parts);
  const shares = parts.map(({ person }, p) => Stage.whole(person, (layer) => weights[p]?.[layer] ?? 0));
  return stage.picture(latents, shares);
}

/** The stage's two people with the case's latents. */
function twoPeople({ stage, golden }: EditCase): [StagePerson, StagePerson] {
  const of = (position: number, name: string): StagePerson => ({
    ...stage.person(position),
    base: batchEntry(goldenTensor(golden, name), 0),
  });
  return [of(0, 'in.a'), of(1, 'in.b')];
}

/** Rows of the other's latent, and the other's offsets on one's own. */
export async function styleMixing(c: EditCase): Promise<void> {
  const [own, other] = twoPeople(c);
  const { rows_coarse, rows_fine } = c.golden.entry;
  for (const [name, rows] of [['y_coarse', rows_coarse] as const, ['y_fine', rows_fine] as const]) {
    const parts = [
      { person: own, weight: 1 },
      { person: other, weight: 0, rows: rows as RowRange },
    ];
    c.outputs.add(name, 0, await mixed(c, parts));
  }
  const swapped = [
    { person: own, weight: 0, latentWeight: 1 },
    { person: other, weight: 1, latentWeight: 0 },
  ];
  c.outputs.add('y_swap', 0, await mixed(c, swapped));
}

/** Latents and offsets both linear between two people. */
export async function interpolation(c: EditCase): Promise<void> {
  const [own, other] = twoPeople(c);
  for (const [i, alpha] of (c.golden.entry.alphas as number[]).entries()) {
    const parts = [
      { person: own, weight: 1 - alpha },
      { person: other, weight: alpha },
    ];
    c.outputs.add(`y${i}`, 0, await mixed(c, parts));
  }
}

/** Offsets times their group's factor. */
export async function strengthCase(c: EditCase): Promise<void> {
  for (const [i, strength] of (c.golden.entry.levels as Strength[]).entries())
    c.outputs.add(`y${i}`, 0, await mixed(c, [{ person: c.stage.person(), weight: 1, strength }]));
}
