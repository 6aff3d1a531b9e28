/** A job's side of `--restyle` (`restyle-option.ts`). */
import type { GeneratorSource } from '../../src/index.ts';
import type { JobContext } from '../job.ts';
import type { RestyleParams } from './params.ts';

/** Where the model is, for `HyperStyle.addRestyle`. */
export async function restyleSource(ctx: JobContext, { from }: RestyleParams): Promise<GeneratorSource> {
  if (from === 'folder') return ctx.url('restyle/');
  return 'address' in from ? from.address : new File([await ctx.get('restyle')], from.file);
}
