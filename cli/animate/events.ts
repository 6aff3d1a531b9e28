/** What `animate`'s command and job tell each other, and the timeline that its options mean. */
import { swing, type Timeline, travel } from '../../src/index.ts';
import type { EditRequest } from '../edit-job.ts';
import type { CastParams } from '../people/cast.ts';

/** What the command passes. */
export interface AnimateParams extends CastParams {
  /** Edits, strength, files; all of its domains are there for keyframes, its first one is where the presets happen. */
  readonly request: EditRequest;
  readonly frames: number;
  readonly hold: number;
  readonly move: number;
  readonly fps: number;
  /** A timeline whose people are numbers, counted from 0 in the order of the arguments; null for the presets. */
  readonly timeline: Timeline<number> | null;
  /** `gif` streams the file as `gif`, `png` each frame's RGBA bytes as `frame/N`. */
  readonly format: 'gif' | 'png';
  /** Pixels of the file each way for one of the model. */
  readonly scale: number;
  /** Whether the inputs, mounted as `inputN` at the model's size, stand beside the frames. */
  readonly wipe: boolean;
}

/** What the job emits. */
export type AnimateEvent =
  | { readonly kind: 'person'; readonly person: number }
  | { readonly kind: 'frame'; readonly done: number; readonly frames: number }
  /** Sizes of the model's pictures; the inputs are asked for afterwards. */
  | { readonly kind: 'pictures'; readonly width: number; readonly height: number }
  /** Sizes of the files' pictures. */
  | { readonly kind: 'size'; readonly width: number; readonly height: number };

/** From person to person where there are several, the edits held all the way; one person's edits swing to and fro. */
export function timelineOf<P>(people: readonly P[], params: AnimateParams): Timeline<P> {
  const { request, frames, hold, move, fps, timeline } = params;
  const { edits, strength, domains } = request;
  const [only] = people;
  if (timeline) return withPeople(timeline, people);
  const alone = people.length === 1 && only !== undefined;
  const way = alone ? swing(only, edits, { frames, fps }) : travel(people, { hold, move, fps });
  const held = { strength: strength ?? undefined, domain: domains[0]?.name, ...(alone ? {} : { edits }) };
  const [first, ...rest] = way.keyframes;
  return { ...way, keyframes: first ? [{ ...first, ...held }, ...rest] : rest };
}

/** A timeline with people instead of their numbers. A number that nobody has becomes nobody, which the model refuses. */
function withPeople<P>({ keyframes, ...timing }: Timeline<number>, people: readonly P[]): Timeline<P> {
  const named = keyframes.map(({ people: shares, ...keyframe }) => {
    if (shares === undefined) return keyframe;
    const list = typeof shares === 'number' ? [{ person: shares, weight: 1 }] : shares;
    return { ...keyframe, people: list.map(({ person, weight }) => ({ person: people[person] as P, weight })) };
  });
  return { ...timing, keyframes: named };
}
