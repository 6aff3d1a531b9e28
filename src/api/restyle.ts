/**
 * ReStyle-e4e beside a model: its checkpoint or converted folder is checked against the model and mounted; see
 * `../method/restyle.ts`.
 */
import { inputShape, type RestyleArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { checkSiblings } from '../method/domain.ts';
import type { Engine } from '../method/engine.ts';
import { ensureRestyleSteps, Restyle, type RestyleOptions } from '../method/restyle.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import type { SourceOf } from '../weights/checkpoint-source.ts';
import { openModelFolder } from '../weights/model-folder.ts';
import { restyleFolderSource, restyleSource } from '../weights/restyle-checkpoint.ts';
import { fileSource, type GeneratorSource } from './edit-file.ts';
import { folderOf } from './edit-sources.ts';

/**
 * Mounts a ReStyle-e4e model beside `engine`'s.
 * @throws `option` error for steps that are none, `model` when it is no ReStyle-e4e model or reads other pictures, `tensor`
 *   naming the first tensor of its generator that differs and both shapes; those of a bad file, `aborted`, `device`, `memory`
 */
export async function mountRestyle(engine: Engine, from: GeneratorSource, options: RestyleOptions): Promise<Restyle> {
  ensureRestyleSteps(options.steps);
  const source = await sourceOf(from, options.signal);
  ensureFits(engine, source);
  return engine.runtime.life.during(
    (signal) => engine.exclusive(() => Restyle.mount(engine.runtime, source, { ...options, signal })),
    { signal: options.signal, discard: (restyle) => restyle.dispose() },
  );
}

async function sourceOf(
  from: GeneratorSource,
  signal: AbortSignal | undefined,
): Promise<SourceOf<RestyleArchitecture>> {
  const folder = folderOf(from);
  if (folder) return restyleFolderSource(await openModelFolder(folder, { signal }));
  return restyleSource(await openCheckpoint(fileSource(from)));
}

/** Its latents are those of its generator, which must be of the model's sizes; both read the same picture. */
function ensureFits({ network }: Engine, source: SourceOf<RestyleArchitecture>): void {
  const { architecture, plan } = network;
  const advice = "ReStyle's encoder must be trained for a generator of the model's sizes";
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
