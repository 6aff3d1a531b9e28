/** Strength by layer group, and mixes of people on the host. */
import { describe, expect, it } from 'vitest';
import { layerGroup, strengths } from '../../src/editing/layer-groups.ts';
import { mix, mixSums } from '../../src/editing/mixing.ts';
import { BASE_SPACE, entryOf } from './support.ts';

const size = BASE_SPACE.latentCount * BASE_SPACE.styleDim;
const anna = { base: new Float32Array(size).fill(1) };
const bert = { base: new Float32Array(size).fill(3) };

describe('strength', () => {
  it('groups layers as the goldens do', async () => {
    const entry = await entryOf('edit-strength');
    const index = new Map(BASE_SPACE.layers.map((layer) => [String(layer.index), layerGroup(layer)]));
    for (const [layer, group] of Object.entries(entry.groups as Record<string, string>))
      expect(index.get(layer)).toBe(group);
  });

  it('gives each layer its factor, 1 where none is named', () => {
    const factors = strengths(BASE_SPACE.layers, { coarse: 0, rgb: 0.5 });
    expect([...factors].map((f) => f)).toEqual([0, 0.5, 0, 0, 0.5, 1, 1, 0.5, 1, 1, 0.5, 1, 1, 0.5]);
    expect(strengths(BASE_SPACE.layers, 1.5).every((f) => f === 1.5)).toBe(true);
  });

  it('refuses unknown groups and what is no number', () => {
    const wrong = { sharp: 1 } as Record<string, number>;
    expect(() => strengths(BASE_SPACE.layers, wrong)).toThrow(
      /strength of "sharp": groups are coarse, medium, fine, rgb/,
    );
    expect(() => strengths(BASE_SPACE.layers, { fine: Number.NaN })).toThrow(/strength of fine is NaN/);
  });
});

describe('mix', () => {
  it('is linear in latents and offsets', () => {
    const { latents, weights } = mix(BASE_SPACE, [
      { person: anna, weight: 0.25 },
      { person: bert, weight: 0.75, strength: { fine: 2 } },
    ]);
    expect(latents.every((v) => v === 2.5)).toBe(true);
    expect(weights.map((w) => [w[0], w[12]])).toEqual([
      [0.25, 0.25],
      [0.75, 1.5],
    ]);
  });

  it("takes rows of one person's latent", () => {
    const { latents, weights } = mix(BASE_SPACE, [
      { person: anna, weight: 1 },
      { person: bert, weight: 0, rows: [0, 4] },
    ]);
    const row = (r: number): number | undefined => latents[r * BASE_SPACE.styleDim];
    expect([row(0), row(3), row(4), row(9)]).toEqual([3, 3, 1, 1]);
    expect(weights[1]?.every((w) => w === 0)).toBe(true);
  });

  it("puts one person's offsets on another's latent", () => {
    const { latents, weights } = mix(BASE_SPACE, [
      { person: anna, weight: 0, latentWeight: 1 },
      { person: bert, weight: 1, latentWeight: 0 },
    ]);
    expect(latents.every((v) => v === 1)).toBe(true);
    expect(weights.map((w) => w[0])).toEqual([0, 1]);
  });

  it('sums codes on the host, counts of steps included', () => {
    const groups = [{ layers: [0, 5], size: 3 }];
    const people = [[Float32Array.of(1, 2, 5, 3, 4, 5)], [Float32Array.of(10, 20, 3, 30, 40, 3)]];
    const weights = [new Float32Array(14).fill(0.5), Float32Array.from({ length: 14 }, (_, i) => (i === 5 ? 2 : 1))];
    expect(mixSums(groups, people, weights)).toEqual([Float32Array.of(10.5, 21, 5.5, 61.5, 82, 8.5)]);
  });

  it('refuses nobody, NaN and people of another model', () => {
    expect(() => mix(BASE_SPACE, [])).toThrow(/a mix of nobody/);
    expect(() => mix(BASE_SPACE, [{ person: anna, weight: Number.NaN }])).toThrow(/weight of person 0 is NaN/);
    const other = { base: new Float32Array(9216) };
    expect(() => mix(BASE_SPACE, [{ person: other, weight: 1 }])).toThrow(
      /9216 latent values, this model's are \[10, 24\]/,
    );
    expect(() => mix(BASE_SPACE, [{ person: anna, weight: 1, rows: [9, 12] }])).toThrow(/layers 9 to 12/);
  });
});
