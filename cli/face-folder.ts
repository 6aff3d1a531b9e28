/** Where the face models lie after set-up. */
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { setUp } from './set-up.ts';

/**
 * The folder of the face models, which are fetched when a command first asks for them. @throws `file` error when they
 * cannot be had
 */
export async function faceFolder(): Promise<string> {
  await setUp('file', (script) => script.ensureFaceModels(ROOT));
  return join(ROOT, 'models', 'faces');
}
