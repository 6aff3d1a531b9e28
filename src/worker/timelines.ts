/** Timelines on their way into a worker: people by their handles, curves of the page's own as rows of values. */
import type { Timeline } from '../animation/timeline.ts';
import { withPeople } from '../animation/timeline-people.ts';
import type { Handle, SentTimeline } from './messages.ts';

/** Even steps that a curve of the page's own is sent in. */
const CURVE_STEPS = 1024;

/** A timeline whose people are named by `handleOf`. */
export async function sendTimeline<P>(timeline: Timeline<P>, handleOf: (person: P) => Handle): Promise<SentTimeline> {
  const sent = await withPeople(timeline, handleOf);
  if (!Array.isArray(sent?.keyframes)) return sent as SentTimeline;
  const keyframes = (sent as Timeline<Handle>).keyframes.map(({ easing, ...keyframe }) => ({
    ...keyframe,
    easing: typeof easing === 'function' ? sampled(easing) : easing,
  }));
  return { ...sent, keyframes };
}

const sampled = (curve: (t: number) => number): Float32Array =>
  Float32Array.from({ length: CURVE_STEPS + 1 }, (_, i) => curve(i / CURVE_STEPS));

/** The timeline at the other end: curves between their steps are straight. */
export function receiveTimeline(sent: SentTimeline): Timeline<Handle> {
  if (!Array.isArray(sent?.keyframes)) return sent as Timeline<Handle>;
  const keyframes = (sent as SentTimeline).keyframes.map(({ easing, ...keyframe }) => ({
    ...keyframe,
    easing: easing instanceof Float32Array ? curveOf(easing) : easing,
  }));
  return { ...sent, keyframes };
}

function curveOf(values: Float32Array): (t: number) => number {
  const last = values.length - 1;
  return (t) => {
    const at = Math.min(last - 1, Math.max(0, Math.floor(t * last)));
    const [from = 0, to = 0] = [values[at], values[at + 1]];
    return from + (to - from) * (t * last - at);
  };
}
