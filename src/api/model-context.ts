/** What all people of a model share: the engine, what edits and identities refer to, and whose state the engine holds. */
import type { Direction } from '../editing/direction.ts';
import { type EditSpace, editSpace } from '../editing/edit-space.ts';
import { latentDirections } from '../editing/edits.ts';
import type { E4e } from '../method/e4e.ts';
import type { GivenOffsets } from '../method/given-offsets.ts';
import type { Restyle } from '../method/restyle.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { Domains } from './domains.ts';
import type { StateOwner } from './kept-state.ts';
import type { LoadedModel } from './load-model.ts';
import type { ModelMark } from './model-mark.ts';
import type { PictureStore } from './picture.ts';

/** What all inversions of a model share. */
export interface InversionContext extends StateOwner {
  /** Where the weights came from: streamed again for what is exported or computed of them. */
  readonly source: WeightSource;
  readonly pictures: PictureStore;
  readonly modelName: string;
  /** What `edit` knows by name. */
  readonly directions: Map<string, Direction>;
  readonly space: EditSpace;
  /** Other generators by name, and the encoder of their latents. */
  readonly domains: Domains;
  restyle: Restyle | undefined;
  /** An encoder that inversions may begin with instead of the model's own. */
  e4e: E4e | undefined;
  /** Applies offsets that were imported, once there are some. */
  given: GivenOffsets | undefined;
  /** What identities are checked by. */
  readonly mark: ModelMark;
  /** The inversion or animation whose state the engine holds. */
  current: object | undefined;
}

/** The context of a model that has just been loaded: nobody is shown, nothing was added. */
export function contextOf({ engine, pictures, mark }: LoadedModel, source: WeightSource): InversionContext {
  return {
    engine,
    source,
    pictures,
    modelName: source.name,
    mark,
    current: undefined,
    spareState: undefined,
    space: editSpace(engine.network.architecture),
    directions: latentDirections(engine.directions),
    domains: new Domains(engine, source.domains),
    restyle: undefined,
    e4e: undefined,
    given: undefined,
  };
}
