/** Files that edits come from, as the public object takes them: directions, generators of other domains, ReStyle-e4e. */
import type { Direction } from '../editing/direction.ts';
import { readDirections } from '../editing/direction-files.ts';
import type { EditSpace } from '../editing/edit-space.ts';
import { ensure, inWords } from '../errors.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { checkpointSource } from '../weights/checkpoint-source.ts';
import { openModelFolder } from '../weights/model-folder.ts';
import type { ModelSource } from '../weights/model-source.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type EditFile, fileSource, type GeneratorSource } from './edit-file.ts';

/** Directions of files, with an error for a name that is taken. */
export async function newDirections(
  files: readonly EditFile[],
  space: EditSpace,
  known: ReadonlyMap<string, Direction>,
): Promise<Map<string, Direction>> {
  ensure(Array.isArray(files), 'option', () => `addDirections got ${inWords(files)}, expected a list of files`);
  const directions = await readDirections(files.map(fileSource), space);
  for (const name of directions.keys()) {
    ensure(
      !known.has(name),
      'option',
      () =>
        `direction "${name}" exists already; rename the file, or leave this direction out where a file holds several`,
    );
  }
  return directions;
}

/** The converted folder that a source names, or undefined where it is a checkpoint. */
export function folderOf(from: GeneratorSource): ModelSource | undefined {
  if (typeof from === 'string' || from instanceof URL) return from;
  return Array.isArray(from) ? from.map(fileSource) : undefined;
}

/** A generator's weights. @throws `file`, `pickle`, `model`, `tensor`, `network` errors of the source */
export async function generatorSource(from: GeneratorSource): Promise<WeightSource> {
  const folder = folderOf(from);
  if (folder) return openModelFolder(folder);
  return checkpointSource(await openCheckpoint(fileSource(from)), null);
}
