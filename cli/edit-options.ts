/**
 * What `invert`, `edit`, `mix` and `adapt` call an edit: one grammar of options, checked before anything is started,
 * and the files that go with them. `edit-job.ts` is the job's side.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { ensure, HyperStyleError } from '../src/errors.ts';
import { type Edits, LAYER_GROUPS, type LayerEdit, type LayerGroup, type Strength } from '../src/index.ts';
import { integer } from './arguments.ts';
import type { EditRequest } from './edit-job.ts';

/** Options as commander gives them. */
export interface EditOptionValues {
  readonly edit?: Edits;
  readonly direction?: readonly string[];
  readonly strength?: Strength;
  readonly domain?: readonly string[];
  readonly step?: number;
}

const more = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** Adds the options of an edit to a command. @param words descriptions where the usual ones do not fit */
export function addEditOptions(
  command: Command,
  words: { readonly edit?: string; readonly domain?: string } = {},
): Command {
  return command
    .option(
      '--edit <name=amount[@from-to]>',
      words.edit ?? 'move along a direction; @2-6: latent rows 2 to 5 only; repeatable',
      edits,
    )
    .option('--direction <file>', 'directions from a file (.pt, .npy, .safetensors, .json); repeatable', more)
    .option('--strength <[group=]s>', `how much of the person, 0 to 1.5; groups: ${LAYER_GROUPS.join(', ')}`, strength)
    .option(
      '--domain <name|file>',
      words.domain ?? "show them in another domain: the model's own by name, or a generator",
      more,
    )
    .option('--step <t>', 'as they were after step t of the hypernetwork', integer(0, 100));
}

/** One `--edit NAME=AMOUNT[@FROM-TO]`, added to those before it. @throws `option` error */
export function edits(text: string, before: Edits = {}): Edits {
  const [, name, number, from, to] = /^(.+)=([^@]+?)(?:@(\d+)-(\d+))?$/.exec(text) ?? [];
  const amount = Number(number);
  ensure(
    name && number?.trim() && Number.isFinite(amount),
    'option',
    () => `--edit "${text}": expected NAME=AMOUNT or NAME=AMOUNT@FROM-TO with a number, for example --edit smile=1.5`,
  );
  if (from === undefined) return { ...before, [name]: amount };
  ensure(
    Number(from) < Number(to),
    'option',
    () => `--edit "${text}": rows ${from} to ${to} are none: TO is the row after the last one`,
  );
  const edit: LayerEdit = { amount, layers: [Number(from), Number(to)] };
  return { ...before, [name]: edit };
}

/** One `--strength [GROUP=]S`, added to those before it. */
export function strength(text: string, before: Strength = {}): Strength {
  const [, group, number = ''] = /^(?:(\w+)=)?(.+)$/.exec(text) ?? [];
  const value = Number(number);
  const known = group === undefined || LAYER_GROUPS.some((name) => name === group);
  if (!known) throw new InvalidArgumentError(`There is no group "${group}": use one of ${LAYER_GROUPS.join(', ')}.`);
  if (number.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number, 0 to 1.5.');
  const all = typeof before === 'number' ? Object.fromEntries(LAYER_GROUPS.map((name) => [name, before])) : before;
  if (group === undefined) return Object.fromEntries(LAYER_GROUPS.map((name) => [name, value]));
  return { ...all, [group as LayerGroup]: value };
}

/** A domain's name: the model's own, or the file's without folder and ending. */
function domainName(text: string): string {
  return /[\\/.]/.test(text) ? (basename(text).split('.')[0] ?? text) : text;
}

/** The request for the job, and the files that are mounted for it. @throws `file` error for a file that is not there */
export function editRequest(options: EditOptionValues): {
  readonly request: EditRequest;
  readonly mounts: Readonly<Record<string, () => Promise<Uint8Array>>>;
} {
  const { edit = {}, direction = [], domain = [], step } = options;
  const mounts: Record<string, () => Promise<Uint8Array>> = {};
  const mount = (name: string, option: string, path: string): void => {
    const bytes = readOption(option, path);
    mounts[name] = async () => bytes;
  };
  for (const [i, path] of direction.entries()) mount(`direction${i}`, '--direction', path);
  const domains = domain.map((text, i) => {
    const isFile = /[\\/.]/.test(text);
    if (isFile) mount(`domain${i}`, '--domain', text);
    return { name: domainName(text), file: isFile ? basename(text) : null };
  });
  const names = domains.map(({ name }) => name);
  ensure(new Set(names).size === names.length, 'option', () => `--domain: two are called so: ${names.join(', ')}`);
  const request: EditRequest = {
    edits: edit,
    directions: direction.map((path) => basename(path)),
    strength: options.strength ?? null,
    domains,
    step: step ?? null,
  };
  return { request, mounts };
}

/** The bytes of a file that an option names. @throws `file` error naming the option */
export function readOption(option: string, path: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    const isMissing = (cause as { readonly code?: unknown }).code === 'ENOENT';
    const why = isMissing ? 'there is no such file' : `cannot be read (${String(cause)}); name a file`;
    throw new HyperStyleError('file', `${option} "${path}": ${why}`, { cause });
  }
}
