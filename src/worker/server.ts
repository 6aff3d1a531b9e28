/** The worker's side: answers the calls of a page about the models, people, pictures and animations that it holds. */
import { withPeople } from '../animation/timeline-people.ts';
import type { Screen } from '../api/animated.ts';
import { HyperStyle } from '../api/hyperstyle.ts';
import { loadRecovering } from '../api/load-recovering.ts';
import type { InversionStep, InvertedPerson, Picture } from '../api/public.ts';
import { HyperStyleError } from '../errors.ts';
import { type Answer, Channel, type Port } from './channel.ts';
import { HeldObjects, namesOf } from './held.ts';
import type { Handle, PictureFacts, Request, SentLook, SentOptions, SentSurface } from './messages.ts';
import { receiveTimeline } from './timelines.ts';

/** Everything one page has loaded and made. */
class Session {
  readonly #channel: Channel;
  readonly #held = new HeldObjects();
  readonly #surfaces = new Map<number, OffscreenCanvas>();

  constructor(port: Port) {
    this.#channel = new Channel(port, async (request, call) => {
      const value = await this.#answer(request, call);
      return { value, transfer: buffersOf(value) } satisfies Answer;
    });
  }

  /** The functions among a call's options, as ones that run on the page and are waited for. */
  #callbacks(call: number, { callbacks }: Pick<SentOptions<unknown>, 'callbacks'>): Record<string, unknown> {
    const run = (name: string, values: readonly unknown[]): Promise<unknown> =>
      this.#channel.request('callback', { call, run: name, values });
    const made = callbacks.map((name): [string, unknown] => {
      if (name === 'onStep') return [name, (step: InversionStep) => run(name, [this.#held.stepFacts(step)])];
      if (name === 'screen') return [name, (picture: Picture) => run(name, [this.#held.pictureFacts(picture)])];
      return [name, (...values: readonly unknown[]) => run(name, values)];
    });
    return Object.fromEntries(made);
  }

  async #answer(
    request: Request,
    { id, signal }: { readonly id: number; readonly signal: AbortSignal },
  ): Promise<unknown> {
    const held = this.#held;
    const functions = 'callbacks' in request ? this.#callbacks(id, request) : {};
    switch (request.name) {
      case 'hold':
        return request.lock === null ? undefined : heldLock(request.lock);
      case 'load': {
        const { recover, ...given } = request.options;
        const options = { ...given, ...functions, signal };
        const attempts = typeof recover === 'number' ? recover : undefined;
        return held.modelFacts(
          await (recover
            ? loadRecovering(request.source, { ...options, attempts })
            : HyperStyle.load(request.source, options)),
        );
      }
      case 'lost': {
        const { reason, message } = await held.get('model', request.of).lost;
        return { reason, message };
      }
      case 'invert': {
        const options = { ...request.options, ...functions, signal };
        return held.personFacts(await held.get('model', request.of).invert(request.photo, options));
      }
      case 'restore':
        return held.personFacts(await held.get('model', request.of).restore(request.identity));
      case 'generate':
        return held.pictureFacts(await held.get('model', request.of).generate(request.options));
      case 'findFaces':
        return held.get('model', request.of).findFaces(request.photo, request.options);
      case 'addDirections': {
        const model = held.get('model', request.of);
        return { added: await model.addDirections(request.files), ...namesOf(model) };
      }
      case 'addDomain': {
        const model = held.get('model', request.of);
        await model.addDomain(request.domain, request.generator);
        return namesOf(model);
      }
      case 'addRestyle':
        return held.get('model', request.of).addRestyle(request.from, { ...request.options, ...functions, signal });
      case 'addE4e':
        return held.get('model', request.of).addE4e(request.from, { ...request.options, ...functions, signal });
      case 'mix': {
        const parts = request.parts.map((part) => ({ ...part, person: held.get('person', part.person) }));
        return held.personFacts(await held.get('model', request.of).mix(parts));
      }
      case 'animate': {
        const timeline = await withPeople(receiveTimeline(request.timeline), (handle) => held.get('person', handle));
        return held.animationFacts(await held.get('model', request.of).animate(timeline));
      }
      case 'frame':
        await held.get('animation', request.of).frame(request.index, { signal });
        return undefined;
      case 'frameData':
        return (await held.get('animation', request.of).frame(request.index, { signal })).toImageData();
      case 'play': {
        const { screen, ...others } = functions;
        const shown = request.canvas ? this.#surface(request.canvas) : (screen as Screen);
        return held.get('animation', request.of).play(shown, { ...others, signal });
      }
      case 'gif':
        return held.get('animation', request.of).toGif({ ...request.options, ...functions, signal });
      case 'video':
        return held.get('animation', request.of).toVideo({ ...request.options, ...functions, signal });
      case 'in':
        return held.pictureFacts(await held.get('person', request.of).in(request.domain, request.options));
      case 'edit':
        return this.#changed(request.of, (person) => person.edit(request.edits, request.options));
      case 'show':
        return this.#changed(request.of, (person) => person.show(lookOf(request.look)));
      case 'paste':
        return held.get('person', request.of).pasteInto(request.photo, request.options);
      case 'values':
        return held.get('person', request.of).values();
      case 'identity':
        return held.get('person', request.of).identity(request.options);
      case 'pixels':
        return held.get('picture', request.of).toImageData();
      case 'floats':
        return held.get('picture', request.of).toFloats();
      case 'draw':
        return held.get('picture', request.of).draw(this.#surface(request.canvas));
      case 'dispose':
        return held.dispose(request.of);
      case 'callback':
        throw new HyperStyleError('option', 'a worker has no functions of the page');
    }
  }

  /** A person shown in another way: the picture before is gone then, unless it is a step's. */
  async #changed(handle: Handle, change: (person: InvertedPerson) => Promise<void>): Promise<PictureFacts> {
    const person = this.#held.get('person', handle);
    const before = person.picture;
    await change(person);
    const { picture } = person;
    const kept = person.steps.some((step) => step.picture === before);
    if (!kept && picture !== before) this.#held.forget(before);
    return this.#held.pictureFacts(picture);
  }

  /** A canvas of the page, kept from the first time on. */
  #surface({ canvas, surface }: SentSurface): OffscreenCanvas {
    if (surface) this.#surfaces.set(canvas, surface);
    const found = this.#surfaces.get(canvas);
    if (found) return found;
    throw new HyperStyleError('device', 'this canvas has not reached the worker: draw into it again');
  }
}

/**
 * Resolves when a lock is held, which then is for good: it becomes free when this thread ends, which is what
 * the page waits for.
 */
function heldLock(lock: string): Promise<void> {
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
