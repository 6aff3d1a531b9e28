/** The one error of a download that a second load repairs; `shard-load.ts` throws it. */
import { HyperStyleError } from '../errors.ts';

/** The folder behind an address was replaced while it was loaded: loading again gets the new one. */
export class ModelReplaced extends HyperStyleError {}
