/** A driver that miscompiles one shader is found out: more of what `self-test.gpu.test.ts` tries. */
import { it } from 'vitest';
import { isFound, MORE_MISCOMPILED } from './miscompiled.ts';

it.each(MORE_MISCOMPILED)('finds that %s computes wrongly with "%s" → "%s"', isFound);
