/** Inverts pictures and saves every step, the edit and the identity. */
import { HyperStyle, HyperStyleError, type LoadProgress } from '../../src/index.ts';
import type { InvertEvent, InvertParams } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { loadOptions } from '../load-options.ts';

/** Least milliseconds between two reports of a download. */
const REPORT_MS = 1000;

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { model, pictures, kernels } = ctx.params as InvertParams;
  const start = performance.now();
  let reported = start;
  const onProgress = ({ loadedBytes, totalBytes }: LoadProgress): void => {
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    tell(ctx, { kind: 'download', loadedBytes, totalBytes });
  };
  const hs = await HyperStyle.load(model ?? ctx.url('model/'), { ...loadOptions(ctx, kernels), onProgress });
  checkEdits(ctx, hs);
  const { name, architecture } = hs;
  tell(ctx, {
    kind: 'loaded',
    model: name,
    width: architecture.size,
    height: architecture.size,
    seconds: seconds(start),
  });
  for (const index of pictures.keys()) await invertPicture(ctx, hs, index);
  hs.dispose();
}

/** Finds a misspelt edit before minutes are spent on inversions. */
function checkEdits(ctx: JobContext, { directions }: HyperStyle): void {
  const unknown = Object.keys((ctx.params as InvertParams).edits).find((name) => !directions.includes(name));
  if (unknown === undefined) return;
  const known =
    directions.length > 0 ? `this model knows ${directions.join(', ')}` : 'this model has no edit directions';
  throw new HyperStyleError('option', `--edit "${unknown}": ${known}`);
}

/** Emits without waiting; the context keeps the order. */
function tell(ctx: JobContext, event: InvertEvent): void {
  ctx.emit(event).catch(() => undefined); // the command has gone, the next save will fail
}

async function invertPicture(ctx: JobContext, hs: HyperStyle, picture: number): Promise<void> {
  const { steps, edits, pictures } = ctx.params as InvertParams;
  const { width = 0, height = 0 } = pictures[picture] ?? {};
  const data = await ctx.get(`picture${picture}`);
  let last = performance.now();
  const inversion = await hs.invert(
    { data, width, height },
    {
      steps,
      onStep: ({ index, l2 }) => {
        tell(ctx, { kind: 'step', picture, index, l2, seconds: seconds(last) });
        last = performance.now();
      },
    },
  );
  for (const step of inversion.steps)
    await ctx.save(`${picture}/y${step.index}`, new Uint8Array((await step.picture.toImageData()).data));
  if (Object.keys(edits).length > 0) {
    await inversion.edit(edits);
    await ctx.save(`${picture}/edit`, new Uint8Array((await inversion.toImageData()).data));
  }
  await ctx.save(`${picture}/identity`, await inversion.identity());
  tell(ctx, { kind: 'inverted', picture, width: inversion.width, height: inversion.height });
  inversion.dispose();
}
