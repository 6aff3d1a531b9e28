/** How kernels, parts and substitutions become one text, and where its lines are written. */
import { describe, expect, it } from 'vitest';
import { loadShaders, shaderText } from '../../src/kernels/shader.ts';

const STYLES = { shader: 'styles', parts: ['tree_sum'], substitutions: { WORKGROUP_SIZE: 128, LANES: 16 } };

await loadShaders([STYLES]);

describe('a shader text', () => {
  it('is the kernel, then its parts, and knows where each line is written', () => {
    const { text, where } = shaderText(STYLES);
    const lines = text.split('\n');
    const at = (part: string): number => lines.findIndex((line) => line.includes(part)) + 1;
    expect(where(1)).toBe('shaders/styles.wgsl line 1');
    expect(where(at('@compute'))).toBe(`shaders/styles.wgsl line ${at('@compute')}`);
    expect(where(at('fn tree_sum'))).toMatch(/^shaders\/parts\/tree_sum.wgsl line \d$/);
    expect(text).toContain('const WORKGROUP_SIZE = 128u;');
  });

  it.each([
    [{ ...STYLES, parts: ['no_such'] }, /shaders\/parts\/no_such.wgsl was not loaded/],
    [{ shader: 'toString' }, /shaders\/toString.wgsl was not loaded/],
    [{ ...STYLES, substitutions: {} }, /shaders\/styles.wgsl: {{WORKGROUP_SIZE}} has no value/],
    [{ ...STYLES, substitutions: { ...STYLES.substitutions, COLOUR: 1 } }, /no file of it has a {{COLOUR}}/],
  ])('is refused where something is missing or too much (%#)', (spec, message) => {
    expect(() => shaderText(spec)).toThrow(message);
  });

  it.each([
    [{ ...STYLES, parts: ['no_such'] }, /there is no shaders\/parts\/no_such.wgsl/],
    [{ shader: 'toString' }, /there is no shaders\/toString.wgsl/],
  ])('is not fetched where there is no file (%#)', async (spec, message) => {
    await expect(loadShaders([spec])).rejects.toThrow(message);
  });
});
