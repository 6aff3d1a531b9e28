/** What all actions of the page work with: the engine and the slices of state. Made once, by `app.ts`. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { MadeFile, PersonFacts } from '../engine/facts.ts';
import type { RemoteEngine } from '../engine/remote.ts';
import type { CastState } from './cast.ts';
import { LookState } from './look.ts';
import type { ModelState } from './model.ts';
import type { Notices } from './notices.ts';
import { PhotoState } from './photo.ts';
import { StageState } from './stage.ts';
import type { Tasks } from './task.ts';

/** Where finished files go; the page downloads them. */
export type Deliver = (file: MadeFile) => void;

/** Makes the stage's content once more. Answers whether it is there; what went wrong has been reported then. */
export type Again = () => Promise<boolean>;

/** A person as the page keeps them: their picture is the stage's. */
export type PersonView = Omit<PersonFacts, 'picture'>;

/** Parts that `app.ts` brings. */
export interface DeskParts {
  readonly engine: RemoteEngine;
  readonly model: ModelState;
  readonly notices: Notices;
  readonly tasks: Tasks;
  readonly cast: CastState;
  readonly deliver: Deliver;
}

/** The page's state and the engine. */
export class Desk {
  readonly engine: RemoteEngine;
  readonly model: ModelState;
  readonly notices: Notices;
  readonly tasks: Tasks;
  readonly cast: CastState;
  readonly deliver: Deliver;
  readonly photo = new PhotoState();
  readonly stage = new StageState();
  readonly look = new LookState();
  readonly person: Signal<PersonView | null> = signal(null);
  /** Whether an animation plays on the stage. */
  readonly playing = signal(false);
  /** Steps T of the next inversion. */
  readonly steps = signal(5);
  /** How the stage came to show what it shows: done again when the GPU was lost. */
  again: Again | null = null;

  /** Whether controls that need a person answer. */
  readonly ready: ReadonlySignal<boolean> = computed(
    () => this.person.value !== null && this.tasks.current.value === null && !this.model.lost.value,
  );

  constructor(parts: DeskParts) {
    this.engine = parts.engine;
    this.model = parts.model;
    this.notices = parts.notices;
    this.tasks = parts.tasks;
    this.cast = parts.cast;
    this.deliver = parts.deliver;
  }

  /** Shows `facts`' picture and lets edits move them. */
  takePerson({ picture, ...person }: PersonFacts, tag: string): void {
    this.stage.mode.value = 'person';
    this.stage.showAfter(picture, tag);
    this.person.value = person;
  }

  /** Nobody is on the stage. */
  forgetPerson(): void {
    this.person.value = null;
    this.playing.value = false;
    this.cast.mixing.value = false;
    this.look.reset();
  }

  /** Runs a task that the engine can call off, and reports its errors. @returns whether it went well */
  task(phase: string, work: Parameters<Tasks['run']>[2]): Promise<boolean> {
    return this.notices.watch(() => this.tasks.run(phase, () => void this.engine.cancel(), work));
  }
}
