/** The worker's side: models, people and pictures that pages hold by handles, and their calls. */

import type { Edits } from '../api/edits.ts';
import { HyperStyle } from '../api/hyperstyle.ts';
import type { EditOptions } from '../api/inversion.ts';
import { loadRecovering } from '../api/load-recovering.ts';
import type { InversionStep, Model, Person, Picture } from '../api/public.ts';
import { HyperStyleError } from '../errors.ts';
import { type Answer, Channel, type Port } from './channel.ts';
import type { Handle, PersonFacts, PictureFacts, Request, SentLook, SentOptions, StepFacts } from './messages.ts';

/** Both kinds of model: one that ends with its GPU, and one that does not. */
type Served = Model & {
  readonly adapter: string;
  readonly lost: Promise<{ reason: GPUDeviceLostReason; message: string }>;
};
/** And of person. */
type ServedPerson = Person & { edit(edits: Edits, options?: EditOptions): Promise<void> };

/** What a page holds. */
type Held = { readonly model: Served } | { readonly person: ServedPerson } | { readonly picture: Picture };

/** Everything one page has loaded and made. */
class Session {
  readonly #channel: Channel;
  readonly #held = new Map<Handle, Held>();
  readonly #handles = new WeakMap<object, Handle>();
  readonly #surfaces = new Map<number, OffscreenCanvas>();
  #last = 0;

  constructor(port: Port) {
    this.#channel = new Channel(port, async (request, call) => {
      const value = await this.#answer(request, call);
      return { value, transfer: buffersOf(value) } satisfies Answer;
    });
  }

  #hold(object: Served | ServedPerson | Picture, held: Held): Handle {
    const known = this.#handles.get(object);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#handles.set(object, this.#last);
    this.#held.set(this.#last, held);
    return this.#last;
  }

  #pictureFacts(picture: Picture): PictureFacts {
    return { handle: this.#hold(picture, { picture }), width: picture.width, height: picture.height };
  }

  #stepFacts({ index, l2, picture }: InversionStep): StepFacts {
    return { index, l2, picture: this.#pictureFacts(picture) };
  }

  #personFacts(person: ServedPerson): PersonFacts {
    const { width, height } = person;
    const steps = person.steps.map((step) => this.#stepFacts(step));
    return { handle: this.#hold(person, { person }), width, height, steps };
  }

  #find(handle: Handle): Held {
    const held = this.#held.get(handle);
    if (held) return held;
    throw new HyperStyleError('option', 'this was disposed of: invert the photo or load the model again');
  }

  #model(handle: Handle): Served {
    const held = this.#find(handle);
    if ('model' in held) return held.model;
    throw new HyperStyleError('option', `${handle} is no model`);
  }

  #person(handle: Handle): ServedPerson {
    const held = this.#find(handle);
    if ('person' in held) return held.person;
    throw new HyperStyleError('option', `${handle} is no person`);
  }

  #picture(handle: Handle): Picture {
    const held = this.#find(handle);
    if ('picture' in held) return held.picture;
    throw new HyperStyleError('option', `${handle} is no picture`);
  }

  /** The functions among a call's options, as ones that run on the page and are waited for. */
  #callbacks(call: number, { callbacks }: Pick<SentOptions<unknown>, 'callbacks'>): Record<string, unknown> {
    const run = (name: string, values: readonly unknown[]): Promise<unknown> =>
      this.#channel.request('callback', { call, run: name, values });
    const made = callbacks.map((name): [string, unknown] => {
      if (name === 'onStep') return [name, (step: InversionStep) => run(name, [this.#stepFacts(step)])];
      return [name, (...values: readonly unknown[]) => run(name, values)];
    });
    return Object.fromEntries(made);
  }

  async #answer(
    request: Request,
    { id, signal }: { readonly id: number; readonly signal: AbortSignal },
  ): Promise<unknown> {
    switch (request.name) {
      case 'hold':
        return request.lock === null ? undefined : held(request.lock);
      case 'load': {
        const { recover, ...given } = request.options;
        const options = { ...given, ...this.#callbacks(id, request), signal };
        const attempts = typeof recover === 'number' ? recover : undefined;
        const model = await (recover
          ? loadRecovering(request.source, { ...options, attempts })
          : HyperStyle.load(request.source, options));
        const { name, adapter, architecture, directions } = model;
        return { handle: this.#hold(model, { model }), name, adapter, architecture, directions };
      }
      case 'lost': {
        const { reason, message } = await this.#model(request.of).lost;
        return { reason, message };
      }
      case 'invert': {
        const options = { ...request.options, ...this.#callbacks(id, request), signal };
        return this.#personFacts(await this.#model(request.of).invert(request.photo, options));
      }
      case 'restore':
        return this.#personFacts(await this.#model(request.of).restore(request.identity));
      case 'generate':
        return this.#pictureFacts(await this.#model(request.of).generate(request.options));
      case 'findFaces':
        return this.#model(request.of).findFaces(request.photo, request.options);
      case 'edit':
        return this.#changed(request.of, (person) => person.edit(request.edits, request.options));
      case 'show':
        return this.#changed(request.of, (person) => person.show(lookOf(request.look)));
      case 'paste':
        return this.#person(request.of).pasteInto(request.photo, request.options);
      case 'values':
        return this.#person(request.of).values();
      case 'identity':
        return this.#person(request.of).identity(request.options);
      case 'pixels':
        return this.#picture(request.of).toImageData();
      case 'floats':
        return this.#picture(request.of).toFloats();
      case 'draw':
        return this.#draw(request);
      case 'dispose':
        return this.#dispose(request.of);
      case 'callback':
        throw new HyperStyleError('option', 'a worker has no functions of the page');
    }
  }

  /** A person shown in another way: the picture before is gone then, unless it is a step's. */
  async #changed(handle: Handle, change: (person: ServedPerson) => Promise<void>): Promise<PictureFacts> {
    const person = this.#person(handle);
    const before = person.picture;
    await change(person);
    const { picture } = person;
    const kept = person.steps.some((step) => step.picture === before);
    if (!kept && picture !== before) this.#held.delete(this.#handles.get(before) ?? 0);
    return this.#pictureFacts(picture);
  }

  #draw({ of, canvas, surface }: Extract<Request, { name: 'draw' }>): void {
    if (surface) this.#surfaces.set(canvas, surface);
    const found = this.#surfaces.get(canvas);
    if (!found) throw new HyperStyleError('device', 'this canvas has not reached the worker: draw into it again');
    this.#picture(of).draw(found);
  }

  #dispose(handle: Handle): void {
    const held = this.#held.get(handle);
    if (!held) return;
    this.#held.delete(handle);
    if ('model' in held) held.model.dispose();
    else if ('picture' in held) held.picture.dispose();
    else {
      const { person } = held;
      for (const picture of [person.picture, ...person.steps.map((step) => step.picture)])
        this.#held.delete(this.#handles.get(picture) ?? 0);
      person.dispose();
    }
  }
}

/**
 * Resolves when a lock is held, which then is for good: it becomes free when this thread ends, which is what
 * the page waits for.
 */
function held(lock: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const hold = (): Promise<never> => {
      resolve();
      return new Promise(() => undefined);
    };
    navigator.locks.request(lock, hold).catch(reject);
  });
}

const lookOf = ({ strength, ...look }: SentLook) => ({
  ...look,
  strength: typeof strength === 'object' ? (layer: number) => strength[layer] ?? 1 : strength,
});

/** Buffers of pixels and floats, which nobody here needs any more. Values of people are kept, and copied. */
function buffersOf(value: unknown): Transferable[] {
  const data = value instanceof Object && 'data' in value ? value.data : value;
  return ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
}

/** Serves models to the page at the other end of a port. */
export function serve(port: Port): void {
  new Session(port);
}
