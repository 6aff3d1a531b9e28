/** Parameters of the method's variants: the published count, and what each step saves, as docs/tables.md has them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parameterTable } from '../../cli/tables/parameters.ts';

const millions = (parameters: number): string => `${(parameters / 1e6).toFixed(2)} M`;
const rows = parameterTable();

describe('parameters of hypernetworks', () => {
  it('are those of the published one', () => {
    const published = rows.find(({ name }) => name.startsWith('as published'));
    expect(published?.layers).toBe(17);
    expect(millions(published?.parameters ?? 0)).toBe('332.66 M');
  });

  it('fall with every step of the design', () => {
    const [naive = 0, narrow = 0, each = 0, shared = 0] = rows.map(({ parameters }) => parameters);
    expect(narrow).toBeGreaterThan(3e9); // the paper says 3.07 billion of its naive one
    expect(each).toBeLessThan(naive / 7);
    expect(shared).toBeLessThan(each / 4);
  });

  it('are what the document says', () => {
    const text = readFileSync('docs/tables.md', 'utf8');
    for (const { name, layers, parameters } of rows)
      expect(text).toContain(`| ${name} | ${layers} | ${millions(parameters)} |`);
  });
});
