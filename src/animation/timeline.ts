/**
 * An animation as plain data: keyframes of edits, people, strength and domains, and what they come to at one frame
 * (pure). Each direction, and each of the others, is a track of its own: a keyframe that does not mention it leaves it
 * alone.
 */
import type { Edits, LayerEdit } from '../editing/edits.ts';
import { LAYER_GROUPS, type LayerGroup, type Strength } from '../editing/layer-groups.ts';
import { ensure, inWords } from '../errors.ts';
import { checkEasing, type Easing, ease } from './easing.ts';
import { DEFAULT_FPS } from './formats.ts';
import { sharesOf } from './timeline-people.ts';

/** Frames beyond this are a mistake: twenty minutes at 15 a second. */
const MAX_FRAMES = 18_000;
const MAX_FPS = 240;

/** One person's share of the latents and of the offsets. */
export interface PersonShare<P> {
  readonly person: P;
  readonly weight: number;
}

/** What is set at one moment. */
export interface Keyframe<P> {
  /** In frames from the beginning, which need not be a whole number. */
  readonly at: number;
  /** Amounts of directions. */
  readonly edits?: Edits | undefined;
  /** One person, or several whose latents and offsets are mixed linearly; the weights usually sum to 1. */
  readonly people?: P | readonly PersonShare<P>[] | undefined;
  /** How much of the offsets: one factor, or one a layer group. */
  readonly strength?: Strength | undefined;
  /** A domain by name, null for the model's own generator. Between two of them the picture fades. */
  readonly domain?: string | null | undefined;
  /** The way from here to the next keyframe; default `linear`. */
  readonly easing?: Easing | undefined;
}

/** Keyframes and how long they last. */
export interface Timeline<P> {
  readonly keyframes: readonly Keyframe<P>[];
  /** Length in frames; default: up to the last keyframe. */
  readonly frames?: number | undefined;
  /** Frames a second; default 15. */
  readonly fps?: number | undefined;
  /**
   * Whether the frame after the last is the first again; what is set last then moves back to what is set first. Default
   * false.
   */
  readonly loop?: boolean | undefined;
}

/** Domains and their shares of a frame, which sum to 1. */
export interface DomainShare {
  /** null for the model's own generator. */
  readonly name: string | null;
  readonly weight: number;
}

/** What one frame shows. */
export interface FrameState<P> {
  readonly edits: Edits;
  /** Everybody with a weight other than 0. */
  readonly people: readonly PersonShare<P>[];
  readonly strength: Readonly<Record<LayerGroup, number>>;
  readonly domains: readonly DomainShare[];
}

/** Sizes of a timeline with nothing left out. */
export interface Timing {
  readonly frames: number;
  readonly fps: number;
  readonly loop: boolean;
}

/**
 * Length and rate of a timeline. @throws `option` error for a length of nothing or beyond {@link MAX_FRAMES}, or an
 * unusable rate
 */
export function timingOf<P>({ keyframes, frames, fps = DEFAULT_FPS, loop = false }: Timeline<P>): Timing {
  ensure(
    Array.isArray(keyframes) && keyframes.length > 0,
    'option',
    () => `animation: keyframes are ${inWords(keyframes)}, expected a list with at least one`,
  );
  for (const [n, { at, easing = 'linear' }] of keyframes.entries()) {
    ensure(
      Number.isFinite(at) && at >= 0,
      'option',
      () => `animation: keyframe ${n} is at ${inWords(at)}, expected a frame number from 0`,
    );
    checkEasing(`animation: keyframe ${n}`, easing);
  }
  const last = Math.max(...keyframes.map(({ at }) => at));
  const length = frames ?? Math.floor(last) + 1;
  checkFrames('animation', length);
  ensure(
    last < length,
    'option',
    () => `animation: there is a keyframe at ${last}, but only ${length} frames: make frames more than ${last}`,
  );
  checkRate('animation', fps);
  return { frames: length, fps, loop };
}

/** @throws `option` error unless `frames` is a whole number from 1 to {@link MAX_FRAMES} */
export function checkFrames(what: string, frames: unknown): void {
  ensure(
    Number.isInteger(frames) && Number(frames) >= 1 && Number(frames) <= MAX_FRAMES,
    'option',
    () => `${what}: the length is ${inWords(frames)} frames, expected a whole number from 1 to ${MAX_FRAMES}`,
  );
}

/** @throws `option` error unless `fps` is a usable number of frames a second */
export function checkRate(what: string, fps: unknown): void {
  ensure(
    typeof fps === 'number' && fps > 0 && fps <= MAX_FPS,
    'option',
    () => `${what}: fps is ${inWords(fps)}, expected more than 0 and at most ${MAX_FPS} frames a second`,
  );
}

/** Two values of a track and how far between them a frame is. */
interface Between<V> {
  readonly from: V;
  readonly to: V;
  /** Eased, 0 at `from`. */
  readonly way: number;
}

/** Where `frame` lies on a track: undefined when no keyframe mentions it. */
function onTrack<P, V>(
  timeline: Timeline<P>,
  { frames, loop }: Timing,
  frame: number,
  valueIn: (keyframe: Keyframe<P>) => V | undefined,
): Between<V> | undefined {
  const keys = timeline.keyframes
    .flatMap(({ at, easing = 'linear', ...keyframe }) => {
      const value = valueIn({ at, ...keyframe });
      return value === undefined ? [] : [{ at, easing, value }];
    })
    .sort((a, b) => a.at - b.at);
  const [first, last] = [keys[0], keys.at(-1)];
  if (!first || !last) return undefined;
  const before = keys.findLast(({ at }) => at <= frame);
  const after = keys.find(({ at }) => at > frame);
  if (!loop && !(before && after)) {
    const { value } = before ?? first;
    return { from: value, to: value, way: 0 };
  }
  const from = before ?? { ...last, at: last.at - frames };
  const to = after ?? { ...first, at: first.at + frames };
  return { from: from.value, to: to.value, way: ease(from.easing, (frame - from.at) / (to.at - from.at)) };
}

const between = (from: number, to: number, way: number): number => from + (to - from) * way;

/** An amount on its way from one keyframe to the next; layers and β are those of the keyframe it comes from. */
function editBetween({ from, to, way }: Between<number | LayerEdit>): number | LayerEdit {
  const amountOf = (edit: number | LayerEdit): number => (typeof edit === 'number' ? edit : edit.amount);
  const amount = between(amountOf(from), amountOf(to), way);
  const layered = typeof from === 'object' ? from : to;
  return typeof layered === 'number' ? amount : { ...layered, amount };
}

/** Shares of two lists by whom they belong to, weighted; what comes to 0 is left out. */
function blend<K>(
  from: readonly (readonly [K, number])[],
  to: readonly (readonly [K, number])[],
  way: number,
): [K, number][] {
  const shares = new Map<K, number>();
  for (const [key, weight] of from) shares.set(key, (shares.get(key) ?? 0) + (1 - way) * weight);
  for (const [key, weight] of to) shares.set(key, (shares.get(key) ?? 0) + way * weight);
  return [...shares].filter(([, weight]) => weight !== 0);
}

function peopleBetween<P>({ from, to, way }: Between<readonly PersonShare<P>[]>): PersonShare<P>[] {
  const pairs = (shares: readonly PersonShare<P>[]) => shares.map(({ person, weight }) => [person, weight] as const);
  return blend(pairs(from), pairs(to), way).map(([person, weight]) => ({ person, weight }));
}

/** What frame `frame` of a timeline shows; in a loop, frames beyond the last are those from the beginning again. */
export function frameState<P>(timeline: Timeline<P>, frame: number): FrameState<P> {
  const timing = timingOf(timeline);
  const at = timing.loop ? ((frame % timing.frames) + timing.frames) % timing.frames : frame;
  const track = <V>(valueIn: (keyframe: Keyframe<P>) => V | undefined): Between<V> | undefined =>
    onTrack(timeline, timing, at, valueIn);
  const names = new Set(timeline.keyframes.flatMap(({ edits = {} }) => Object.keys(edits)));
  const edits = [...names].flatMap((name) => {
    const way = track(({ edits: all }) => all?.[name]);
    return way ? [[name, editBetween(way)] as const] : [];
  });
  const people = track(({ people: all }) => (all === undefined ? undefined : sharesOf(all)));
  const strength = LAYER_GROUPS.map((group) => {
    const way = track(({ strength: s }) => (typeof s === 'object' ? s[group] : s));
    return [group, way ? between(way.from, way.to, way.way) : 1] as const;
  });
  const domain = track(({ domain: name }) => name);
  const domains = domain ? blend([[domain.from, 1]], [[domain.to, 1]], domain.way) : [[null, 1] as const];
  return {
    edits: Object.fromEntries(edits),
    people: people ? peopleBetween(people) : [],
    strength: Object.fromEntries(strength) as Record<LayerGroup, number>,
    domains: domains.map(([name, weight]) => ({ name, weight })),
  };
}
