/** Hands finished files to the browser. */
import type { MadeFile } from '../engine/facts.ts';

/** Long enough for the browser to have begun. */
const KEPT_MS = 10_000;

/** Downloads a file. */
export function download({ blob, name }: MadeFile): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
