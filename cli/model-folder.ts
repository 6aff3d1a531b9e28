/** `--model DIR` of the commands that open a converted model from disk. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { ensure } from '../src/errors.ts';
import { DEFAULT_MODEL } from './paths.ts';

/** `--model DIR`, the shipped model unless said otherwise. */
export function modelFolderOption(): Option {
  return new Option('--model <dir>', 'folder of a converted model').default(DEFAULT_MODEL, 'the model that ships');
}

/** The absolute path of a model folder. @throws `file` error when it holds no model.json */
export function modelFolder(dir: string): string {
  const path = resolve(dir);
  ensure(
    existsSync(join(path, 'model.json')),
    'file',
    () => `${path}: no model.json there; name a folder that npm run convert wrote`,
  );
  return path;
}
