/** Rows of the way back: none of its kernels is without one. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BACKWARD_CASES } from '../../bench/cases/backward.ts';
import { kernelsBack, recordCase } from '../../bench/suites/backward.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';

/** Forward kernels by their names' look. */
const FORWARD = new Set(['gradient_loss']);
/** What only sizes or channels outside the shipped model take. */
const ELSEWHERE = new Set(['turn_filter']);

it('every kernel of the way back has a row', () => {
  const timed = new Set(
    BACKWARD_CASES.flatMap((one) => {
      const recorded = recordCase(one, { ...DEFAULT_FACTS, software: true });
      return kernelsBack(recorded).map((at) => recorded.graph.nodes[at]?.shader);
    }),
  );
  const shaders = readdirSync('shaders').flatMap((file) => (file.endsWith('.wgsl') ? [file.slice(0, -5)] : []));
  const back = shaders.filter((name) =>
    /backward|gradient|turn_filter|gather_rows|sum_parts|(epilogue|input|rgb)_sums/.test(name),
  );
  expect(back.length).toBeGreaterThan(25);
  expect(back.filter((name) => !timed.has(name) && !FORWARD.has(name) && !ELSEWHERE.has(name))).toEqual([]);
});
