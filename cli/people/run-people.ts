/** Runs the job of people for `edit`, `mix` and `adapt`, and writes each person's pictures into a folder of their own. */
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ensure } from '../../src/errors.ts';
import { hostOption } from '../arguments.ts';
import { addEditOptions, type EditOptionValues, editRequest, readOption } from '../edit-options.ts';
import { packPicture } from '../invert/events.ts';
import { decodePicture } from '../invert/pictures.ts';
import { IDENTITY } from '../invert/results.ts';
import type { HostName } from '../job.ts';
import { addKernelOptions, type KernelOptionValues, kernelOptions } from '../kernel-options.ts';
import { modelOption, modelPlace } from '../model-folder.ts';
import { runJob } from '../run-job.ts';
import { complainOfSome } from '../terminal.ts';
import { encoderOption } from './encoder-option.ts';
import { importOf, isLatents } from './imports.ts';
import { PeopleOutput } from './output.ts';
import type { Export, PeopleEvent, PeopleParams } from './params.ts';

/** Options that the three commands share. */
export interface PeopleOptions extends EditOptionValues, KernelOptionValues {
  readonly host: HostName;
  readonly model: string;
  readonly out: string;
  readonly steps?: number;
  readonly restyle?: string;
  readonly restyleSteps?: number;
  readonly weightDeltas?: readonly string[];
  readonly export?: readonly Export[];
}

/** A person's file and their share in a mix. */
export interface PersonFile {
  readonly path: string;
  readonly weight: number;
}

/** Adds the options that the three commands share. */
export function addPeopleOptions(command: Command): Command {
  addEditOptions(command.addOption(modelOption('dir|url')).option('--out <dir>', 'folder for the results', 'out'));
  addKernelOptions(command.addOption(hostOption()));
  return command;
}

/** An identity is called as the folder that `invert` put it into. */
const nameOf = (path: string): string => (basename(path) === IDENTITY ? dirname(resolve(path)) : path);

const isPicture = (path: string): boolean => /\.(png|jpe?g|jfif|webp|avif|tiff?|gif)$/i.test(path);

/**
 * Runs the job. Exit code 1 when some of several files could not be used.
 * @param pictures whether the command takes pictures, too
 * @throws `file` and `option` errors
 */
export async function runPeople(
  args: readonly PersonFile[],
  options: PeopleOptions,
  { mix, pictures }: { readonly mix: boolean; readonly pictures: boolean },
): Promise<void> {
  const { request, mounts } = editRequest(options);
  const files = args.filter(({ path }) => mix || !isLatents(path));
  const picture = files.find(({ path }) => isPicture(path));
  ensure(
    pictures || !picture,
    'option',
    () => `${picture?.path}: is a picture; give identity files, which npm run invert writes`,
  );
  const people = await Promise.all(
    files.map(async ({ path }) => {
      if (!isPicture(path)) return readOption('identity', path);
      return packPicture(await decodePicture(path, basename(path)));
    }),
  );
  const { restyle: asked, restyleSteps = 2 } = options;
  ensure(
    asked === undefined || picture !== undefined,
    'option',
    () => `--restyle "${asked}": finds latents of pictures, and an identity has none: name portraits`,
  );
  const restyle = asked === undefined ? undefined : encoderOption('restyle', asked);
  const imports = importOf(
    args.map(({ path }) => path),
    options.weightDeltas,
  );
  const output = new PeopleOutput(options.out);
  const place = modelPlace(options.model);
  const failed: { readonly message: string }[] = [];
  const onEvent = async (event: PeopleEvent): Promise<void> => {
    if (event.kind === 'loaded') output.size = event;
    else if (event.kind === 'shown') await output.write(event.name);
    else failed.push(event);
  };
  await runJob(options.host, {
    job: 'people',
    params: {
      model: 'address' in place ? place.address : null,
      people: files.map(({ path, weight }) => ({
        file: path,
        kind: isPicture(path) ? 'picture' : 'identity',
        weight,
      })),
      mix,
      steps: options.steps ?? 5,
      restyle: restyle ? { from: restyle.from, steps: restyleSteps } : null,
      imported: imports.params,
      exports: options.export ?? [],
      names: files.map(({ path }) => nameOf(path)),
      request,
      kernels: kernelOptions({ ...options, tune: false }),
    } satisfies PeopleParams,
    mounts: {
      ...('folder' in place ? { model: place.folder } : {}),
      ...mounts,
      ...restyle?.mounts,
      ...imports.mounts,
      ...Object.fromEntries(people.map((bytes, i) => [`person${i}`, async () => bytes])),
    },
    onEvent: (event) => onEvent(event as PeopleEvent),
    onFile: (name, bytes) => output.keep(name, bytes),
  });
  complainOfSome(failed, args.length, 'could not be shown');
}
