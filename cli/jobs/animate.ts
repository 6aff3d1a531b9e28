/** Inverts or restores people and streams the frames of their animation, as a GIF or as pixels. */
import { enlarged } from '../../src/animation/enlarge.ts';
import { gifChunks } from '../../src/animation/gif.ts';
import {
  type Animation,
  type AnimationFrame,
  besideInputs,
  type FramePixels,
  type HyperStyle,
  type Inversion,
  travelPlace,
} from '../../src/index.ts';
import { type AnimateEvent, type AnimateParams, timelineOf } from '../animate/events.ts';
import { addEditFiles } from '../edit-job.ts';
import type { JobContext } from '../job.ts';
import { loadCast } from '../people/load.ts';

/** Frames that a GIF's colours are taken from. */
const PALETTE_FRAMES = 8;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const params = ctx.params as AnimateParams;
  const tell = (event: AnimateEvent): Promise<void> => ctx.emit(event);
  const { hs, people } = await loadCast(ctx, {
    ready: (model) => addEditFiles(ctx, model, params.request),
    told: (person) => tell({ kind: 'person', person }),
  });
  const cast = await afterStep(hs, people, params.request.step);
  const animation = await hs.animate(timelineOf(cast, params));
  for (const person of [...people, ...cast]) person.dispose();
  await tell({ kind: 'pictures', width: animation.width, height: animation.height });
  const inputs = params.wipe ? await inputsOf(ctx, people.length, animation) : [];
  const compose = ({ index, ...frame }: AnimationFrame): FramePixels => {
    const place = () => travelPlace(people.length, index, params);
    return enlarged(params.wipe ? besideInputs(frame, inputs, place()) : frame, params.scale);
  };
  const { frames } = animation;
  const told = (done: number): void => void tell({ kind: 'frame', done, frames }).catch(() => undefined);
  if (params.format === 'gif') await saveGif(ctx, animation, compose, told);
  else await saveFrames(ctx, animation, compose, told);
  animation.dispose();
  hs.dispose();
}

/** People as they were after a step of the hypernetwork; null: the last one. */
async function afterStep(hs: HyperStyle, people: readonly Inversion[], step: number | null): Promise<Inversion[]> {
  if (step === null) return [...people];
  const earlier: Inversion[] = [];
  for (const person of people) earlier.push(await hs.mix([{ person, weight: 1, step }]));
  return earlier;
}

async function inputsOf(ctx: JobContext, count: number, { width, height }: Animation): Promise<FramePixels[]> {
  const inputs: FramePixels[] = [];
  for (let n = 0; n < count; n++) inputs.push({ data: await ctx.get(`input${n}`), width, height });
  return inputs;
}

async function saveGif(
  ctx: JobContext,
  animation: Animation,
  compose: (frame: AnimationFrame) => FramePixels,
  onFrame: (done: number) => void,
): Promise<void> {
  const { fps, loop, frames } = animation;
  const count = Math.min(PALETTE_FRAMES, frames);
  const spread = Array.from({ length: count }, (_, i) => Math.floor((i * frames) / count));
  const palette: FramePixels[] = [];
  for await (const frame of animation.stream({ frames: spread })) palette.push(compose(frame));
  const composed = async function* (): AsyncGenerator<FramePixels> {
    for await (const frame of animation.stream()) yield compose(frame);
  };
  for await (const chunk of gifChunks(composed(), palette, { fps, loop, onFrame })) await ctx.save('gif', chunk);
}

async function saveFrames(
  ctx: JobContext,
  animation: Animation,
  compose: (frame: AnimationFrame) => FramePixels,
  onFrame: (done: number) => void,
): Promise<void> {
  let done = 0;
  for await (const frame of animation.stream()) {
    const { data, width, height } = compose(frame);
    if (done === 0) await ctx.emit({ kind: 'size', width, height } satisfies AnimateEvent);
    await ctx.save(`frame/${frame.index}`, new Uint8Array(data));
    onFrame(++done);
  }
}
