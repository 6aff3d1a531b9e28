/** The people of a timeline, told from what else its keyframes say (pure). */
import type { Keyframe, PersonShare, Timeline } from './timeline.ts';

/** The people of a keyframe as shares. */
export function sharesOf<P>(people: P | readonly PersonShare<P>[]): readonly PersonShare<P>[] {
  return Array.isArray(people) ? people : [{ person: people as P, weight: 1 }];
}

/**
 * A timeline with other objects for its people, e.g. those that stand for them in a worker. What is malformed stays as it is:
 * {@link timingOf} tells of it.
 */
export async function withPeople<P, Q>(
  timeline: Timeline<P>,
  other: (person: P) => Q | Promise<Q>,
): Promise<Timeline<Q>> {
  if (!Array.isArray(timeline?.keyframes)) return timeline as unknown as Timeline<Q>;
  const keyframes: Keyframe<Q>[] = [];
  for (const { people, ...keyframe } of timeline.keyframes as readonly Keyframe<P>[]) {
    if (people === undefined) keyframes.push(keyframe);
    else {
      const shares: PersonShare<Q>[] = [];
      for (const { person, weight } of sharesOf(people)) shares.push({ person: await other(person), weight });
      keyframes.push({ ...keyframe, people: shares });
    }
  }
  return { ...timeline, keyframes };
}
