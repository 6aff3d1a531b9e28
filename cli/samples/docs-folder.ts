/** Whose pictures the README shows: those of the model that ships, and of no other. */
import { realpathSync } from 'node:fs';

/** `docs` when `folder` is the shipped model's own, however it is spelt; undefined for any other model. */
export function docsFolder(folder: string, shipped: string, docs: string): string | undefined {
  return realpathSync(folder) === realpathSync(shipped) ? docs : undefined;
}
