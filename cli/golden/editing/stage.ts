/**
 * Where golden cases of edits are played: the folder's `base` model, its people inverted by the usual pipeline, and a picture of
 * any latents, edits and shares of people.
 */

import { type EditSpace, type EditVectors, editSpace, noEdit } from '../../../src/editing/edit-space.ts';
import { ensure } from '../../../src/errors.ts';
import { Engine, type Share } from '../../../src/method/engine.ts';
import type { OpenDevice } from '../../../src/runtime/device.ts';
import { type Checkpoint, openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../../src/weights/checkpoint-source.ts';
import { type ByteSource, bytesSource } from '../../../src/weights/random-access.ts';
import type { JobContext } from '../../job.ts';
import { batchEntry, type Golden, type GoldenTensor, goldenTensor, readGolden } from '../golden-file.ts';

/** The part of a job's context that cases read files with. */
export type Files = Pick<JobContext, 'get'>;

/** A person of the base model, on the host. */
export interface StagePerson {
  /** `[latentCount, styleDim]` */
  readonly base: Float32Array;
  readonly sums: readonly Float32Array[];
}

/** A file of the golden folder. */
export async function goldenFile(files: Files, name: unknown): Promise<ByteSource> {
  ensure(
    typeof name === 'string',
    'file',
    () => `index.json: a case names ${JSON.stringify(name)} where a file belongs`,
  );
  return bytesSource(name, await files.get(`golden/${name}`));
}

/** A checkpoint of the golden folder. */
export async function goldenCheckpoint(files: Files, name: unknown): Promise<Checkpoint> {
  return openCheckpoint(await goldenFile(files, name));
}

/** The base model with some of its people. */
export class Stage {
  readonly engine: Engine;
  readonly space: EditSpace;
  readonly people: readonly StagePerson[];
  /** The base case. */
  readonly base: Golden;

  private constructor(engine: Engine, people: readonly StagePerson[], base: Golden) {
    this.engine = engine;
    this.people = people;
    this.base = base;
    this.space = editSpace(engine.network.architecture);
  }

  /**
   * Loads the model `name` of the folder and inverts its people `numbers` (of `photos` where given), which {@link
   * person} then gives back by position.
   */
  static async open(
    files: Files,
    opened: OpenDevice,
    name: string,
    numbers: readonly number[],
    photos?: GoldenTensor,
  ): Promise<Stage> {
    const base = await readGolden(files, { name, op: 'editing_base' });
    const [hyper, encoder] = [
      await goldenCheckpoint(files, `${name}.hyperstyle.pt`),
      await goldenCheckpoint(files, `${name}.w_encoder.pt`),
    ];
    const engine = await Engine.load(checkpointSource(hyper, encoder), opened);
    const { steps } = await entryOf(files, name);
    const people: StagePerson[] = [];
    const x = photos ?? goldenTensor(base, 'in.x');
    for (const n of numbers) people.push(await invert(engine, batchEntry(x, n), Number(steps)));
    return new Stage(engine, people, base);
  }

  /** The person at a position of the list that {@link open} was given. */
  person(position = 0): StagePerson {
    const found = this.people[position];
    ensure(found, 'option', () => `the stage has ${this.people.length} people, not ${position + 1}`);
    return found;
  }

  /** All of a person's offsets. */
  static whole({ sums }: StagePerson, weight: (layer: number) => number = () => 1): Share {
    return { sums, weight };
  }

  /** The picture of latents with edits and shares of people. */
  async picture(
    latents: Float32Array,
    shares: readonly Share[],
    edit: EditVectors = noEdit(this.space),
  ): Promise<Float32Array> {
    const { engine } = this;
    const { state } = engine.network;
    engine.activate(shares);
    engine.run('retune');
    engine.write(state.base, latents);
    engine.write(state.offset, edit.offset);
    engine.write(state.styleOffset, edit.styleOffset);
    engine.show();
    return engine.read(state.y);
  }

  dispose(): void {
    this.engine.dispose();
  }
}

async function entryOf(files: Files, name: string): Promise<Readonly<Record<string, unknown>>> {
  const index = JSON.parse(new TextDecoder().decode(await files.get('golden/index.json'))) as {
    cases: readonly Readonly<Record<string, unknown>>[];
  };
  const found = index.cases.find((entry) => entry.name === name);
  ensure(found, 'file', () => `index.json has no case "${name}", which others build on`);
  return found;
}

async function invert(engine: Engine, x: Float32Array, steps: number): Promise<StagePerson> {
  const { state, sums } = engine.network;
  engine.write(state.x, x.slice());
  engine.start();
  for (let t = 0; t < steps; t++) engine.step();
  const read: Float32Array[] = [];
  for (const sum of sums) read.push(await engine.read(sum));
  return { base: await engine.read(state.base), sums: read };
}
