/**
 * `--model` of the commands: a folder, its model.json, a `file:` address, and where a command can stream also `http:`
 * and `https:`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { ensure, HyperStyleError } from '../src/errors.ts';
import { type Manifest, parseManifest } from '../src/weights/manifest.ts';
import { DEFAULT_MODEL } from './paths.ts';

/** A converted model: an absolute path, or an address to stream from. */
export type ModelPlace = { readonly folder: string } | { readonly address: string };

/** `--model`, the shipped model unless said otherwise. @param place words for what may stand there */
export function modelOption(place = 'dir'): Option {
  return new Option(`--model <${place}>`, 'a converted model').default(DEFAULT_MODEL, 'the model that ships');
}

/**
 * Where a model is.
 * @param option what names it, for errors
 * @throws `option` error for an unusable address, `file` error when there is no model.json in a folder
 */
export function modelPlace(text: string, option = '--model'): ModelPlace {
  if (!isAddress(text)) return { folder: modelFolder(text) };
  ensure(URL.canParse(text), 'option', () => `${option} "${text}": is no URL`);
  return { address: text };
}

/** Whether an option's value is an address or a converted folder, not a file of another kind. */
export function isModelPlace(text: string): boolean {
  return isAddress(text) || basename(text) === 'model.json' || existsSync(join(text, 'model.json'));
}

const isAddress = (text: string): boolean => /^https?:/i.test(text);

/**
 * The absolute path of a model folder. @throws `file` error when it holds no model.json, `option` error for an address
 * elsewhere
 */
export function modelFolder(text: string): string {
  ensure(
    !isAddress(text),
    'option',
    () => `--model "${text}": this command needs the model's folder on this machine; download it first`,
  );
  const path = resolve(/^file:/i.test(text) ? fromFileUrl(text) : text);
  const folder = basename(path) === 'model.json' ? dirname(path) : path;
  ensure(
    existsSync(join(folder, 'model.json')),
    'file',
    () => `${folder}: no model.json there; name a folder that npm run convert wrote`,
  );
  return folder;
}

/** What a model's folder says of itself. @throws `file` or `model` error for an unusable model.json */
export function manifestIn(folder: string): Manifest {
  const path = join(folder, 'model.json');
  return parseManifest(path, readFileSync(path, 'utf8'));
}

function fromFileUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError('option', `--model "${text}": is no file address of this machine (${why})`, { cause });
  }
}
