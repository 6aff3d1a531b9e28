/** Set-up from inside a command: what it turns out to need. The script is not bundled: it works on the folder it lies in. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ErrorCode, HyperStyleError } from '../src/errors.ts';
import { ROOT } from './paths.ts';

type SetUp = typeof import('../scripts/setup.mjs');

/** Does some of the set-up. @throws error of `code` with what keeps it from being done */
export async function setUp(code: ErrorCode, work: (script: SetUp) => void): Promise<void> {
  const script: SetUp = await import(/* @vite-ignore */ pathToFileURL(join(ROOT, 'scripts', 'setup.mjs')).href);
  try {
    work(script);
  } catch (cause) {
    throw new HyperStyleError(code, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
