/**
 * Encoders into W+ beside a model: a checkpoint or converted folder of ReStyle-e4e or e4e is checked against the model and
 * mounted; see `../method/restyle.ts` and `../method/e4e.ts`.
 */
import { inputShape, type LatentEncoderArchitecture } from '../architecture.ts';
import { ensure, ensureOptions, ensureSignal } from '../errors.ts';
import { checkSiblings } from '../method/domain.ts';
import { E4e } from '../method/e4e.ts';
import type { Engine } from '../method/engine.ts';
import { ensureRestyleSteps, Restyle, type RestyleOptions } from '../method/restyle.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import type { SourceOf } from '../weights/checkpoint-source.ts';
import { latentEncoderFolderSource, latentEncoderSource } from '../weights/latent-encoder-checkpoint.ts';
import { openModelFolder } from '../weights/model-folder.ts';
import { LATENT_ENCODERS, type LatentEncoderKind } from '../weights/networks.ts';
import type { StreamOptions } from '../weights/weight-source.ts';
import { fileSource, type GeneratorSource } from './edit-file.ts';
import { folderOf } from './edit-sources.ts';
import type { InversionContext } from './model-context.ts';
import { ensureCallback } from './options.ts';

/** An encoder and its generator, wherever they are. */
type Source = SourceOf<LatentEncoderArchitecture>;

/** Where a model keeps what was added. */
type Context = Pick<InversionContext, 'engine' | LatentEncoderKind>;

/** See `HyperStyle.addRestyle`. Errors as {@link mountRestyle}. */
export async function addRestyle(context: Context, from: GeneratorSource, options: RestyleOptions): Promise<void> {
  ensureStreamOptions('addRestyle', options);
  await replace(context, 'restyle', await mountRestyle(context.engine, from, options));
}

/** See `HyperStyle.addE4e`. Errors as {@link addRestyle}, but for steps. */
export async function addE4e(context: Context, from: GeneratorSource, options: StreamOptions): Promise<void> {
  ensureStreamOptions('addE4e', options);
  const { engine } = context;
  const mount = (source: Source, signal: AbortSignal): Promise<E4e> =>
    E4e.mount(engine, source, { ...options, signal });
  await replace(context, 'e4e', await mounted(engine, 'e4e', { from, signal: options.signal, mount }));
}

function ensureStreamOptions(what: string, options: StreamOptions): void {
  ensureOptions(what, options);
  ensureSignal(options.signal);
  ensureCallback('onProgress', options.onProgress);
}

/** Puts an encoder in the place of the one before. */
async function replace<K extends LatentEncoderKind>(context: Context, kind: K, added: Context[K]): Promise<void> {
  const before = context[kind];
  context[kind] = added;
  await context.engine.exclusive(async () => before?.dispose());
}

/**
 * Mounts a ReStyle-e4e model beside `engine`'s.
 * @throws `option` error for steps that are none, `model` when it is no ReStyle-e4e model or reads other pictures, `tensor`
 *   naming the first tensor of its generator that differs and both shapes; those of a bad file, `aborted`, `device`, `memory`
 */
export async function mountRestyle(engine: Engine, from: GeneratorSource, options: RestyleOptions): Promise<Restyle> {
  ensureRestyleSteps(options.steps);
  const mount = (source: Source, signal: AbortSignal): Promise<Restyle> =>
    Restyle.mount(engine.runtime, source, { ...options, signal });
  return mounted(engine, 'restyle', { from, signal: options.signal, mount });
}

/** Where an encoder comes from, and what puts it on the device. */
interface Mounting<T> {
  readonly from: GeneratorSource;
  readonly signal: AbortSignal | undefined;
  readonly mount: (source: Source, signal: AbortSignal) => Promise<T>;
}

async function mounted<T extends Restyle | E4e>(
  engine: Engine,
  kind: LatentEncoderKind,
  { from, signal, mount }: Mounting<T>,
): Promise<T> {
  const source = await sourceOf(kind, from, signal);
  ensureFits(kind, engine, source);
  return engine.runtime.life.during((life) => engine.exclusive(() => mount(source, life)), {
    signal,
    discard: (encoder) => encoder.dispose(),
  });
}

async function sourceOf(
  kind: LatentEncoderKind,
  from: GeneratorSource,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const folder = folderOf(from);
  if (folder) return latentEncoderFolderSource(kind, await openModelFolder(folder, { signal }));
  return latentEncoderSource(kind, await openCheckpoint(fileSource(from)));
}

/** Its latents are those of its generator, which must be of the model's sizes; both read the same picture. */
function ensureFits(kind: LatentEncoderKind, { network }: Engine, source: Source): void {
  const { architecture, plan } = network;
  const { title } = LATENT_ENCODERS[kind];
  const advice = `${title}'s encoder must be trained for a generator of the model's sizes`;
  checkSiblings({ architecture, tensors: plan.infos }, source, advice);
  const [own, other] = [inputShape(architecture), inputShape(source.architecture)];
  ensure(
    own.join() === other.join(),
    'model',
    () =>
      `${source.name}: reads pictures of ${other.join('×')}, this model of ${own.join('×')}; ` +
      'use the encoder of the same domain',
  );
}
