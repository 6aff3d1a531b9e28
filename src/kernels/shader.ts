/**
 * Shader texts. A kernel is `shaders/NAME.wgsl`; what several kernels have in common is a part, `shaders/parts/NAME.wgsl`: a few
 * declarations whose header says what it gives and what it needs. A record lists its parts:
 *
 *     { shader: 'styles', parts: ['tree_sum'], substitutions: { WORKGROUP_SIZE: 128, LANES: 16 }, … }
 *
 * {@link shaderText} puts them together: the kernel's own text first (so its line numbers stay), then its parts, in which it fills in
 *
 * - `{{NAME}}`, a substitution: element types, vector widths, texture formats, and every number that an array is sized by (Safari makes
 *   workgroup arrays empty whose size is an expression of overrides). Other tile sizes and flags are `override`s, shapes are uniforms.
 * - `#for NAME in COUNT` … `#end`, lines repeated with `{{NAME}}` = 0 … COUNT − 1; COUNT is a number or a substitution. For sums in
 *   registers: CPU adapters keep an array that is indexed by a variable in memory.
 */
import { ensure } from '../errors.ts';

const KERNELS: Readonly<Record<string, string>> = import.meta.glob('../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const PARTS: Readonly<Record<string, string>> = import.meta.glob('../../shaders/parts/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

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

const namesOf = (files: Readonly<Record<string, string>>): string[] =>
  Object.keys(files).map((path) => path.replace(/^.*\//, '').replace(/\.wgsl$/, ''));

/** Names of every kernel's file, without folder and extension. */
export const shaderNames = (): string[] => namesOf(KERNELS);

/** Names of every part, without folder and extension. */
export const partNames = (): string[] => namesOf(PARTS);

/** The text of `shaders/NAME.wgsl` as written. @throws `shader` error when there is none */
export function shaderSource(name: string): string {
  return fileText(KERNELS, `shaders/${name}.wgsl`);
}

/** The text of `shaders/parts/NAME.wgsl` as written. @throws `shader` error when there is none */
export function partSource(name: string): string {
  return fileText(PARTS, `shaders/parts/${name}.wgsl`);
}

function fileText(files: Readonly<Record<string, string>>, path: string): string {
  const source = Object.hasOwn(files, `../../${path}`) ? files[`../../${path}`] : undefined;
  ensure(source !== undefined, 'shader', () => `there is no ${path}`);
  return source;
}

const linesOf = (file: string, source: string): Line[] =>
  source
    .trimEnd()
    .split('\n')
    .map((text, i) => ({ text, file, number: i + 1 }));

/**
 * The text of a kernel with its parts, everything filled in.
 * @throws `shader` error when a file does not exist, a substitution is not used or one is missing
 */
export function shaderText({ shader, parts = [], substitutions = {} }: ShaderSpec): ShaderText {
  const written = [
    ...linesOf(`shaders/${shader}.wgsl`, shaderSource(shader)),
    ...parts.flatMap((name) => linesOf(`shaders/parts/${name}.wgsl`, partSource(name))),
  ];
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
