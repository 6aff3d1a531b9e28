/** Where the face models lie after set-up. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../src/errors.ts';
import { ROOT } from './paths.ts';

/** The folder of the face models. @throws `file` error when set-up has not put them there */
export function faceFolder(): string {
  const folder = join(ROOT, 'models', 'faces');
  ensure(
    existsSync(join(folder, 'facemesh.bin')),
    'file',
    () => `${folder}: no face models there; run npm ci, which brings them, then the command again`,
  );
  return folder;
}
