/** A job's side of `--restyle` and `--e4e` (`encoder-option.ts`). */
import type { GeneratorSource } from '../../src/index.ts';
import type { LatentEncoderKind } from '../../src/weights/networks.ts';
import type { JobContext } from '../job.ts';
import type { EncoderPlace } from './params.ts';

/** Where the encoder is, for `HyperStyle.addRestyle` and `addE4e`. */
export async function encoderSource(
  ctx: JobContext,
  kind: LatentEncoderKind,
  from: EncoderPlace,
): Promise<GeneratorSource> {
  if (from === 'folder') return ctx.url(`${kind}/`);
  return 'address' in from ? from.address : new File([await ctx.get(kind)], from.file);
}
