/** Where things are on disk. `cli/main.js` runs as `.build/HASH/cli/main.js`. */
import { dirname, join, resolve } from 'node:path';

const bundle = resolve(dirname(process.argv[1] ?? '.'), '..');

/** The repository's root folder. */
export const ROOT = resolve(bundle, '..', '..');
/** Folder of the bundled code that runs where the GPU is. */
export const HOST_BUNDLE = join(bundle, 'host');
/** The model folder that ships with the repository. */
export const DEFAULT_MODEL = join(ROOT, 'models', 'clay-portraits-128');
