/** An engine that computes nothing and can lose its GPU, for tests of what the page does then. */
import type { Look, ModelFacts, PersonFacts, StepFacts } from '../../demo/engine/facts.ts';
import type { LoadListener, LoadOrder } from '../../demo/engine/model-part.ts';
import type { RemoteEngine } from '../../demo/engine/remote.ts';
import { HyperStyleError } from '../../src/index.ts';

/** Stands for a bitmap. */
export const bitmap = (): ImageBitmap => ({ width: 4, height: 4, close: () => undefined }) as ImageBitmap;

const FACTS: ModelFacts = {
  name: 'fake',
  address: null,
  width: 4,
  height: 4,
  inputSize: 4,
  faces: true,
  directions: ['yaw', 'smile'],
  domains: ['bronze'],
  latentCount: 6,
  adapter: 'fake',
  software: true,
  memory: 0,
  kernels: [],
};

const person = (kind: PersonFacts['kind']): PersonFacts => ({
  kind,
  lastStep: 1,
  picture: bitmap(),
  l2: 0.1,
  pastes: true,
});

/** The engine, what it was asked for, and its last look at the person. */
export class FakeEngine {
  readonly calls: string[] = [];
  look: Look | null = null;
  /** Thrown by the next call of that name. */
  readonly failing = new Map<string, Error>();
  /** Done at the next call of that name. */
  readonly meanwhile = new Map<string, () => void>();
  #listener: LoadListener | null = null;
  #gone = false;
  #jobs = 0;

  /** The GPU goes away: calls fail, and the page is told. */
  lose(message = ''): void {
    this.#gone = true;
    this.#listener?.lost(message);
  }

  async #call<T>(name: string, answer: T): Promise<T> {
    this.calls.push(name);
    await Promise.resolve();
    this.meanwhile.get(name)?.();
    this.meanwhile.delete(name);
    const failure = this.failing.get(name);
    this.failing.delete(name);
    if (failure) throw failure;
    if (this.#gone) throw new HyperStyleError('device', 'the GPU was lost');
    return answer;
  }

  /** A call that calls the one before off, as the engine's jobs do. */
  async #job<T>(name: string, answer: T): Promise<T> {
    const own = ++this.#jobs;
    await this.#call(name, null);
    if (own !== this.#jobs) throw new HyperStyleError('aborted', 'another task has taken its place');
    return answer;
  }

  /** As the page calls it. */
  get remote(): RemoteEngine {
    const engine = {
      cancel: async () => undefined,
      portrait: async () => new Blob(),
      model: {
        load: async (_: LoadOrder, listener: LoadListener) => {
          this.#gone = false;
          await this.#call('load', null);
          this.#listener = listener;
          return FACTS;
        },
        cancelLoad: async () => void this.failing.set('load', new HyperStyleError('aborted', 'called off')),
        own: async () => [],
        facts: async () => FACTS,
        generate: () => this.#call('generate', bitmap()),
      },
      photo: {
        open: (file: Blob) =>
          this.#job(`open ${file instanceof File ? file.name : 'sample'}`, { width: 64, height: 64 }),
        findFaces: () => this.#call('find faces', { faces: [], warnings: [] }),
        cut: async () => bitmap(),
        invert: async (steps: number, onStep: (step: StepFacts) => void) => {
          await this.#job('invert', null);
          for (let index = 0; index <= steps; index++) onStep({ index, l2: 0.1, similarity: null, picture: bitmap() });
          return person('inverted');
        },
      },
      person: {
        show: (look: Look) => {
          this.look = look;
          return this.#call('show', bitmap());
        },
        errorMap: () => this.#call('error map', bitmap()),
        tune: () => this.#call('tune', person('tuned')),
        untune: () => this.#call('untune', person('inverted')),
        retune: () => this.#call('retune', person('tuned')),
        identity: async () => ({ blob: new Blob(['tuned']), name: 'portrait.identity' }),
      },
    };
    return engine as unknown as RemoteEngine;
  }
}
