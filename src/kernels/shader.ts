/**
 * Shader texts by name, and the third door for numbers: `{{NAME}}` substitutions for what WGSL's `override` cannot
 * express (element types, vector widths, texture formats). Tile sizes go through `override`, shapes through uniforms.
 */
import { ensure } from '../errors.ts';

const FILES: Readonly<Record<string, string>> = import.meta.glob('../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Names of every shader file, without folder and extension. */
export function shaderNames(): string[] {
  return Object.keys(FILES).map((path) => path.replace(/^.*\//, '').replace(/\.wgsl$/, ''));
}

/** The WGSL text of `shaders/NAME.wgsl` as written. @throws `shader` error when there is none. */
export function shaderSource(name: string): string {
  const source = FILES[`../../shaders/${name}.wgsl`];
  ensure(source !== undefined, 'shader', () => `shader "${name}": there is no shaders/${name}.wgsl`);
  return source;
}

/**
 * Replaces every `{{NAME}}` of `source`.
 * @throws `shader` error when a substitution is not used by the file or a placeholder is left over.
 */
export function substitute(name: string, source: string, substitutions: Readonly<Record<string, string>> = {}): string {
  let text = source;
  for (const [key, value] of Object.entries(substitutions)) {
    ensure(text.includes(`{{${key}}}`), 'shader', () => `shader "${name}": the file has no {{${key}}} to substitute`);
    text = text.replaceAll(`{{${key}}}`, value);
  }
  const left = /\{\{(\w+)\}\}/.exec(text);
  ensure(left === null, 'shader', () => `shader "${name}": {{${left?.[1]}}} has no value; pass it as a substitution`);
  return text;
}
