/** Files of losses, from a command's options to a model: which loss each belongs to. They are mounted as `loss0`, `loss1`, …. */
import type { HyperStyle } from '../src/index.ts';
import type { FileLoss } from '../src/weights/loss-files.ts';
import { bytesSource } from '../src/weights/random-access.ts';
import type { JobContext } from './job.ts';

/** A file and its loss. */
export interface LossFilePath {
  readonly loss: FileLoss;
  readonly path: string;
}

/** Adds the losses that files were given for. Errors as `HyperStyle.addLpips`. */
export async function addLosses(
  ctx: Pick<JobContext, 'get'>,
  hs: HyperStyle,
  files: readonly LossFilePath[],
): Promise<void> {
  const opened = await Promise.all(
    files.map(async ({ loss, path }, i) => ({ loss, source: bytesSource(path, await ctx.get(`loss${i}`)) })),
  );
  const of = (wanted: FileLoss) => opened.filter(({ loss }) => loss === wanted).map(({ source }) => source);
  const add = { lpips: hs.addLpips.bind(hs), id: hs.addIdentity.bind(hs), moco: hs.addMoco.bind(hs) };
  for (const loss of new Set(files.map((file) => file.loss))) await add[loss](of(loss));
}
