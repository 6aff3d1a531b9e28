/** What a page holds of a worker's objects, by handles; `server.ts` answers calls about them. */
import type { Animated } from '../api/animated.ts';
import type { InversionStep, InvertedPerson, Model, Picture } from '../api/public.ts';
import { HyperStyleError } from '../errors.ts';
import type {
  AnimationFacts,
  Handle,
  ModelFacts,
  ModelNames,
  PersonFacts,
  PictureFacts,
  StepFacts,
} from './messages.ts';

/** Both kinds of model: one that ends with its GPU, and one that does not. */
export type Served = Model & {
  readonly adapter: string;
  readonly lost: Promise<{ reason: GPUDeviceLostReason; message: string }>;
};

/** Objects by kind. */
interface Kinds {
  readonly model: Served;
  readonly person: InvertedPerson;
  readonly picture: Picture;
  readonly animation: Animated;
}

/** One object and its kind. */
type Held = { [K in keyof Kinds]: { readonly kind: K; readonly object: Kinds[K] } }[keyof Kinds];

/** The objects of one page. */
export class HeldObjects {
  readonly #held = new Map<Handle, Held>();
  readonly #handles = new WeakMap<object, Handle>();
  /** Pictures of each person's steps as the page got them: a loss of the GPU may have replaced the steps. */
  readonly #steps = new Map<Handle, readonly Handle[]>();
  #last = 0;

  #hold(held: Held): Handle {
    const known = this.#handles.get(held.object);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#handles.set(held.object, this.#last);
    this.#held.set(this.#last, held);
    return this.#last;
  }

  /** What the page is told of a model. */
  modelFacts(model: Served): ModelFacts {
    const { name, adapter, architecture } = model;
    const handle = this.#hold({ kind: 'model', object: model });
    return { handle, name, adapter, architecture, names: namesOf(model) };
  }

  pictureFacts(picture: Picture): PictureFacts {
    const { width, height } = picture;
    return { handle: this.#hold({ kind: 'picture', object: picture }), width, height };
  }

  stepFacts({ index, l2, picture }: InversionStep): StepFacts {
    return { index, l2, picture: this.pictureFacts(picture) };
  }

  personFacts(person: InvertedPerson): PersonFacts {
    const { width, height } = person;
    const handle = this.#hold({ kind: 'person', object: person });
    const steps = person.steps.map((step) => this.stepFacts(step));
    this.#steps.set(
      handle,
      steps.map(({ picture }) => picture.handle),
    );
    return { handle, width, height, steps, picture: this.pictureFacts(person.picture) };
  }

  animationFacts(animation: Animated): AnimationFacts {
    const { frames, fps, loop, picture } = animation;
    const handle = this.#hold({ kind: 'animation', object: animation });
    return { handle, frames, fps, loop, picture: this.pictureFacts(picture) };
  }

  /**
   * The object of a handle.
   * @throws `device` error for a model that was disposed of; `option` error for other things that were, or are of another kind
   */
  get<K extends keyof Kinds>(kind: K, handle: Handle): Kinds[K] {
    const held = this.#held.get(handle);
    if (!held && kind === 'model') throw new HyperStyleError('device', 'this model was disposed of: load it again');
    if (!held) throw new HyperStyleError('option', 'this was disposed of: make it again');
    if (held.kind !== kind) throw new HyperStyleError('option', `${handle} is no ${kind}`);
    return held.object as Kinds[K];
  }

  /** Forgets a picture that is gone. */
  forget(picture: Picture): void {
    this.#held.delete(this.#handles.get(picture) ?? 0);
  }

  /** Disposes of an object, and forgets it and the pictures that end with it. */
  dispose(handle: Handle): void {
    const held = this.#held.get(handle);
    if (!held) return;
    this.#held.delete(handle);
    if (held.kind === 'person') {
      for (const step of this.#steps.get(handle) ?? []) this.#held.delete(step);
      this.#steps.delete(handle);
      this.forget(held.object.picture);
    }
    if (held.kind === 'animation') this.forget(held.object.picture);
    held.object.dispose();
  }
}

/** The names that a model knows by now. */
export const namesOf = ({ directions, domains }: Served): ModelNames => ({ directions, domains });
