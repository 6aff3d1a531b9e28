/** Timelines people ask for: the authors' way from person to person, and edits that swing to and fro. */
import type { Edits } from '../editing/edits.ts';
import { ensure, ensureList, ensureObject, ensureOptions, inWords } from '../errors.ts';
import type { Easing } from './easing.ts';
import { DEFAULT_FPS } from './formats.ts';
import type { Keyframe, Timeline } from './timeline.ts';

/** Options of {@link travel}; the defaults are those of the authors' animation notebook. */
export interface TravelOptions {
  /** Frames that stand still before and after each way; default 5. */
  readonly hold?: number | undefined;
  /** Frames of each way, both ends among them; default 25. */
  readonly move?: number | undefined;
  /** Frames a second; default 15. */
  readonly fps?: number | undefined;
  /** How each way is gone; default `linear`. */
  readonly easing?: Easing | undefined;
}

/** Where a frame of {@link travel} is: between which people, by index, and how far. */
export interface TravelPlace {
  /** Index of the person who is left. */
  readonly from: number;
  /** Index of the next one. */
  readonly to: number;
  /** 0 while `from` stands still, 1 when `to` does. */
  readonly way: number;
}

const [HOLD, MOVE] = [5, 25];

function travelTimes(options: TravelOptions): { hold: number; move: number; pair: number } {
  ensureOptions('travel', options);
  const { hold = HOLD, move = MOVE } = options;
  ensure(
    Number.isInteger(hold) && hold >= 0,
    'option',
    () => `travel: hold is ${inWords(hold)}, expected a whole number of frames from 0`,
  );
  ensure(
    Number.isInteger(move) && move >= 2,
    'option',
    () => `travel: move is ${inWords(move)}, expected a whole number of frames from 2`,
  );
  return { hold, move, pair: 2 * hold + move };
}

/**
 * From each person to the next and from the last to the first again: 5 frames still, 25 on the way (latents and offsets
 * both linear), 5 still, 15 frames a second, as `notebooks/animations_playground.ipynb` of HyperStyle does.
 * @throws `option` error for fewer than two people, or frames that are no whole numbers
 */
export function travel<P>(people: readonly P[], options: TravelOptions = {}): Timeline<P> {
  const { hold, move, pair } = travelTimes(options);
  const { fps = DEFAULT_FPS, easing = 'linear' } = options;
  ensureList('travel', people, 'people');
  ensure(people.length >= 2, 'option', () => `travel: ${people.length} people, expected at least 2`);
  const keyframes = people.flatMap((person, n): Keyframe<P>[] => {
    const next = people[(n + 1) % people.length] ?? person;
    return [
      { at: n * pair, people: one(person), easing: 'hold' },
      { at: n * pair + hold, people: one(person), easing },
      { at: n * pair + hold + move - 1, people: one(next), easing: 'hold' },
    ];
  });
  return { keyframes, frames: people.length * pair, fps, loop: true };
}

const one = <P>(person: P) => [{ person, weight: 1 }];

/** Where a frame of {@link travel} among that many people is, for pictures beside it. Errors as {@link travel}. */
export function travelPlace(people: number, frame: number, options: TravelOptions = {}): TravelPlace {
  const { hold, move, pair } = travelTimes(options);
  ensure(
    Number.isInteger(people) && people >= 2 && Number.isFinite(frame) && frame >= 0,
    'option',
    () => `travelPlace: ${inWords(people)} people, frame ${inWords(frame)}, expected at least 2 and 0`,
  );
  const from = Math.floor(frame / pair) % people;
  const way = Math.min(1, Math.max(0, ((frame % pair) - hold) / (move - 1)));
  return { from, to: (from + 1) % people, way };
}

/** Options of {@link swing}. */
export interface SwingOptions {
  /** Length of the loop; default 60. */
  readonly frames?: number | undefined;
  /** Frames a second; default 15. */
  readonly fps?: number | undefined;
}

/**
 * One person whose edits go from 0 to these amounts, through 0 to their opposites and back: a closed loop.
 * @throws `option` error for edits or options that are no objects
 */
export function swing<P>(person: P, edits: Edits, options: SwingOptions = {}): Timeline<P> {
  ensureObject('swing: its edits are', edits);
  ensureOptions('swing', options);
  const { frames = 60, fps = DEFAULT_FPS } = options;
  const scaled = (factor: number): Edits =>
    Object.fromEntries(
      Object.entries(edits).map(([name, edit]) => [
        name,
        typeof edit === 'object' && edit !== null ? { ...edit, amount: factor * edit.amount } : factor * Number(edit),
      ]),
    );
  // frame 0 lies halfway between the two turns, where the edits are 0 and move the fastest
  const keyframes: Keyframe<P>[] = [
    { at: frames / 4, people: one(person), edits: scaled(1), easing: 'smooth' },
    { at: (3 * frames) / 4, edits: scaled(-1), easing: 'smooth' },
  ];
  return { keyframes, frames, fps, loop: true };
}
