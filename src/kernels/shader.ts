/**
 * Shader texts. A kernel is `shaders/NAME.wgsl`; what several kernels have in common is a part,
 * `shaders/parts/NAME.wgsl`: a few declarations whose header says what it gives and what it needs. A record lists its
 * parts:
 *
 *     { shader: 'styles', parts: ['tree_sum'], substitutions: { WORKGROUP_SIZE: 128, LANES: 16 }, … }
 *
 * {@link shaderText} puts them together: the kernel's own text first (so its line numbers stay), then its parts, in
 * which it fills in
 *
 * - `{{NAME}}`, a substitution: element types, vector widths, texture formats, and every number that an array is sized
 *   by (Safari makes workgroup arrays empty whose size is an expression of overrides). Other tile sizes and flags are
 *   `override`s, shapes are uniforms.
 * - `#for NAME in COUNT` … `#end`, lines repeated with `{{NAME}}` = 0 … COUNT − 1; COUNT is a number or a substitution.
 *   For sums in registers: CPU adapters keep an array that is indexed by a variable in memory.
 */
import { ensure, imported } from '../errors.ts';
import { FILES, type ShaderLoaders } from './shader-files.ts';

const loaders = new Map<string, () => Promise<string>>();

/** Makes more files known, e.g. those of benches. */
export function addShaders(files: ShaderLoaders): void {
  for (const [path, loader] of Object.entries(files)) loaders.set(path.replace(/^.*(?=\bshaders\/)/, ''), loader);
}
addShaders(FILES);

/** The texts that are here, by their path from the repository's root. */
const texts = new Map<string, string>();

/** Values for `{{NAME}}`. */
export type Substitutions = Readonly<Record<string, string | number>>;

/** What a shader text is made of. Every kernel record is one. */
export interface ShaderSpec {
  /** File name in `shaders/` without `.wgsl`. */
  readonly shader: string;
  /** File names in `shaders/parts/` without `.wgsl`. */
  readonly parts?: readonly string[] | undefined;
  readonly substitutions?: Substitutions | undefined;
}

/** A text that a device can compile. */
export interface ShaderText {
  readonly text: string;
  /** Where a line of `text`, counted from 1, is written, e.g. `shaders/parts/tree_sum.wgsl line 7`. */
  where(line: number): string;
}

/** One line of a text and where it is written. */
interface Line {
  readonly text: string;
  readonly file: string;
  readonly number: number;
}

const namesIn = (folder: string): string[] =>
  [...loaders.keys()]
    .filter((path) => path.slice(0, path.lastIndexOf('/')) === folder)
    .map((path) => path.slice(folder.length + 1, -'.wgsl'.length));

/** Names of every kernel's file, without folder and extension. */
export const shaderNames = (): string[] => namesIn('shaders');

/** Names of every part, without folder and extension. */
export const partNames = (): string[] => namesIn('shaders/parts');

const kernelPath = (name: string): string => `shaders/${name}.wgsl`;
const partPath = (name: string): string => `shaders/parts/${name}.wgsl`;

/** Everything a text is made of. */
const pathsOf = ({ shader, parts = [] }: ShaderSpec): string[] => [kernelPath(shader), ...parts.map(partPath)];

/** Whether everything that {@link shaderText} needs for a kernel is here. */
export const isLoaded = (spec: ShaderSpec): boolean => pathsOf(spec).every((path) => texts.has(path));

/** Fetches what {@link shaderText} needs. @throws `shader` error when a file does not exist, `network` when it cannot be had */
export async function loadShaders(specs: Iterable<ShaderSpec>): Promise<void> {
  const missing = new Set([...specs].flatMap(pathsOf).filter((path) => !texts.has(path)));
  await Promise.all([...missing].map(load));
}

/** Fetches every file there is: for tests, and to tell versions of the library apart. Errors as {@link loadShaders}. */
export async function loadAllShaders(): Promise<void> {
  await Promise.all([...shaderNames().map(kernelPath), ...partNames().map(partPath)].map(load));
}

async function load(path: string): Promise<void> {
  const loader = loaders.get(path);
  ensure(loader, 'shader', () => `there is no ${path}`);
  texts.set(path, await imported(loader()));
}

/** The text of `shaders/NAME.wgsl`. @throws `shader` error when it was not loaded */
export const shaderSource = (name: string): string => sourceOf(kernelPath(name));

/** The text of `shaders/parts/NAME.wgsl`. @throws `shader` error when it was not loaded */
export const partSource = (name: string): string => sourceOf(partPath(name));

function sourceOf(path: string): string {
  const source = texts.get(path);
  ensure(source !== undefined, 'shader', () => `${path} was not loaded`);
  return source;
}

const linesOf = (file: string, source: string): Line[] =>
  source
    .trimEnd()
    .split('\n')
    .map((text, i) => ({ text, file, number: i + 1 }));

/**
 * The text of a kernel with its parts, everything filled in.
 * @throws `shader` error when a file was not loaded, a substitution is not used or one is missing
 */
export function shaderText({ shader, parts = [], substitutions = {} }: ShaderSpec): ShaderText {
  const written = pathsOf({ shader, parts }).flatMap((path) => linesOf(path, sourceOf(path)));
  const used = new Set<string>();
  const lines = repeat(shader, written, substitutions, used).map((line) => ({
    ...line,
    text: fillIn(line, substitutions, used),
  }));
  for (const name of Object.keys(substitutions)) {
    ensure(used.has(name), 'shader', () => `shader "${shader}": no file of it has a {{${name}}} to fill in`);
  }
  return {
    text: lines.map(({ text }) => text).join('\n'),
    where: (number) => {
      const line = lines[number - 1];
      return line ? `${line.file} line ${line.number}` : `shaders/${shader}.wgsl line ${number}`;
    },
  };
}

/** Writes every `#for` out. The loops are not nested: what a shader repeats is sums of one kind. */
function repeat(shader: string, lines: readonly Line[], substitutions: Substitutions, used: Set<string>): Line[] {
  const result: Line[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const loop = line && /^\s*#for (\w+) in (\w+)$/.exec(line.text);
    if (!loop) {
      if (line) result.push(line);
      continue;
    }
    const [, name = '', count = ''] = loop;
    const length = lines.slice(i + 1).findIndex(({ text }) => text.trim() === '#end');
    ensure(length >= 0, 'shader', () => `shader "${shader}": #for ${name} has no #end`);
    const body = lines.slice(i + 1, i + 1 + length);
    const times = Number(substitutions[count] ?? count);
    if (count in substitutions) used.add(count);
    ensure(Number.isInteger(times), 'shader', () => `shader "${shader}": #for ${name} in ${count} has no number`);
    for (let value = 0; value < times; value++) {
      result.push(...body.map((b) => ({ ...b, text: b.text.replaceAll(`{{${name}}}`, String(value)) })));
    }
    i += length + 1;
  }
  return result;
}

function fillIn({ text, file }: Line, substitutions: Substitutions, used: Set<string>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(substitutions, name) ? substitutions[name] : undefined;
    ensure(value !== undefined, 'shader', () => `${file}: {{${name}}} has no value; pass it as a substitution`);
    used.add(name);
    return String(value);
  });
}
