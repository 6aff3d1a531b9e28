/** Shader files as wgsl_reflect sees them. */
import type { WgslReflect } from 'wgsl_reflect';
import { addBenchShaders } from '../../bench/shaders.ts';
import { loadAllShaders, type ShaderSpec, shaderText } from '../../src/kernels/shader.ts';

addBenchShaders();
await loadAllShaders();

// The package's `main` is CommonJS in a folder declared as ES modules, which Node refuses; its other file works.
const MODULE = 'wgsl_reflect/wgsl_reflect.module.js';
const parser = (await import(MODULE)) as typeof import('wgsl_reflect');

/** Subgroup matrices, which the parser does not know, in words that it does: what is reflected does not depend on them. */
const withoutFragments = (text: string): string =>
  text.replaceAll(/subgroup_matrix_\w+<[^>]*>/g, 'mat4x4f').replaceAll(/(subgroupMatrix\w+)<[^>]*>\(/g, '$1(');

/** A shader's text with its parts, everything filled in, parsed. */
export function reflect(spec: ShaderSpec): WgslReflect {
  return new parser.WgslReflect(withoutFragments(shaderText(spec).text));
}

/** What a shader binds besides its uniforms: group, number in it and use of each, in order. */
export function boundBy(spec: ShaderSpec): [group: number, binding: number, use: string][] {
  const { storage, textures } = reflect(spec);
  const { StorageTexture } = parser.ResourceType;
  const written = storage.map(({ group, binding, access, resourceType }) => ({
    place: [group, binding] as const,
    use: resourceType === StorageTexture ? 'store' : access,
  }));
  const loaded = textures.map(({ group, binding }) => ({ place: [group, binding] as const, use: 'load' }));
  return [...written, ...loaded]
    .sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1])
    .map(({ place, use }) => [...place, use]);
}
