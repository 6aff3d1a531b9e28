/** Shaders as the library carries them: what stripping leaves, and whether the packs hold what networks run. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { GPU_SHADERS, SOFTWARE_SHADERS, stripWgsl } from '../../scripts/shader-packs.ts';
import type { Architecture } from '../../src/architecture.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { graphsOf } from '../../src/runtime/network.ts';
import { parseManifest } from '../../src/weights/manifest.ts';
import { networkOf } from '../models/network-of.ts';

const SHIPPED = resolve(import.meta.dirname, '../../models/clay-portraits-128/model.json');

/** The published networks and the one that ships. */
const ARCHITECTURES: readonly Architecture[] = [
  parseManifest('model.json', readFileSync(SHIPPED, 'utf8')).architecture,
  ...(['ffhq', 'wild', 'cars'] as const).map((domain) => fakeModel(domain).architecture),
];

/** Shaders and parts that those networks run, pictures in and out aside. */
function run(software: boolean): Set<string> {
  const graphs = ARCHITECTURES.flatMap((of) => graphsOf(networkOf(of, { ...DEFAULT_FACTS, software })));
  const records = graphs.flatMap(({ nodes }) => nodes);
  return new Set(records.flatMap(({ shader, parts = [] }) => [shader, ...parts.map((part) => `parts/${part}`)]));
}

describe('the packs', () => {
  it('bring a GPU everything at once, and nothing it does not run', () => {
    const pictures = ['pack_rgba', 'resize_image', 'to_texture'];
    expect(new Set(GPU_SHADERS)).toEqual(new Set([...run(false), ...pictures]));
  });

  it('bring a CPU adapter what it runs instead', () => {
    const instead = [...run(true)].filter((name) => !GPU_SHADERS.includes(name));
    expect(new Set(SOFTWARE_SHADERS)).toEqual(new Set(instead));
  });
});

const FOLDER = resolve(import.meta.dirname, '../../shaders');

/** Words and signs of a text without its comments, substitutions being words. */
const words = (text: string): string[] =>
  text
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/\{\{(\w+)\}\}/g, '$1')
    .match(/\w+|[^\s\w]/g) ?? [];

describe('stripping', () => {
  it.each(readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wgsl')))(
    'leaves every word of %s',
    (file) => {
      const text = readFileSync(resolve(FOLDER, file), 'utf8');
      expect(words(stripWgsl(text))).toEqual(words(text));
      expect(text).not.toContain('/*');
    },
  );

  it('leaves the code and the lines that are repeated', () => {
    const text =
      '// what it does\n\n@compute fn main() {\n  // sums\n  #for A in {{N}}\n  let a = b - -c; // two\n  #end\n}\n';
    expect(stripWgsl(text)).toBe('@compute fn main(){\n#for A in {{N}}\nlet a = b - -c;\n#end\n}');
  });
});
