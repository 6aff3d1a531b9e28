import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BYTES_PER_ELEMENT, elementCount } from '../../src/tensor.ts';
import { ProgressMeter } from '../../src/weights/progress.ts';
import { encodeElements, quantizeRows, rowScales, storedAs } from '../../src/weights/quantize.ts';
import {
  MAX_SHARD_BYTES,
  parsePieceName,
  pieceName,
  pieceShape,
  planShards,
  rowCount,
} from '../../src/weights/shards.ts';
import type { LoadProgress, TensorInfo } from '../../src/weights/weight-source.ts';
import { TOLERANCE } from '../tolerances.ts';

const shape = fc.oneof(fc.constant([]), fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }));
const tensors = fc
  .array(fc.record({ shape, dtype: fc.constantFrom('f32' as const, 'f16' as const, 'i8' as const) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((list): TensorInfo[] => list.map((tensor, i) => ({ name: `t${i}`, ...tensor })));

describe('shards', () => {
  test('every row of every tensor lies in exactly one piece, in order, and no shard is too large', () => {
    fc.assert(
      fc.property(tensors, fc.integer({ min: 1200, max: 5000 }), (list, maxBytes) => {
        const shards = planShards(list, maxBytes);
        const next = new Map<string, number>();
        for (const pieces of shards) {
          const bytes = pieces.reduce(
            (sum, piece) => sum + elementCount(pieceShape(piece)) * BYTES_PER_ELEMENT[piece.tensor.dtype],
            0,
          );
          expect(bytes).toBeLessThanOrEqual(maxBytes);
          for (const piece of pieces) {
            expect(piece.from).toBe(next.get(piece.tensor.name) ?? 0);
            next.set(piece.tensor.name, piece.to);
            const { name, from, to } = parsePieceName(pieceName(piece));
            expect([name, from, to ?? rowCount(piece.tensor)]).toEqual([piece.tensor.name, piece.from, piece.to]);
          }
        }
        for (const tensor of list) expect(next.get(tensor.name)).toBe(rowCount(tensor));
      }),
    );
  });

  test("w2 of the published models is cut into the default's shards", () => {
    const shards = planShards([{ name: 'w2', shape: [512, 512 * 512], dtype: 'f32' }]);
    expect(shards.length).toBe(9);
    expect(pieceName(shards[1]?.[0] ?? { tensor: { name: '', shape: [], dtype: 'f32' }, from: 0, to: 0 })).toBe(
      'w2#rows=63:126',
    );
    expect(MAX_SHARD_BYTES).toBe(64 * 2 ** 20);
  });

  test('a row larger than a shard is refused by name', () => {
    expect(() => planShards([{ name: 'wide', shape: [2, 1000], dtype: 'f32' }], 2000)).toThrow(
      /"wide" \[2,1000\] has rows of 4000 bytes/,
    );
  });
});

describe('stored forms', () => {
  test.each([
    ['hypernet.shared_weight_hypernet.w2', [512, 262144], 'i8'],
    ['hypernet.refinement_blocks.14.output.1.weight', [131072, 512, 1, 1], 'i8'],
    ['hypernet.shared_weight_hypernet.w1', [512, 4608], 'f16'],
    ['hypernet.refinement_blocks.14.output.1.bias', [131072], 'f32'],
    ['decoder.to_rgb1.bias', [1, 3, 1, 1], 'f32'],
    ['latent_avg', [18, 512], 'f32'],
  ])('%s in an int8 folder', (name, dims, dtype) => {
    expect(storedAs({ name, shape: dims }, 'int8')).toBe(dtype);
    expect(storedAs({ name, shape: dims }, 'f32')).toBe('f32');
  });

  test('i8 rows are off by at most half a step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 12 }),
        (rows, row) => {
          const values = Float32Array.from(
            { length: rows * row.length },
            (_, i) => (row[i % row.length] ?? 0) * (1 + Math.floor(i / row.length)),
          );
          const scales = rowScales(values, rows);
          const codes = quantizeRows(values, scales);
          values.forEach((value, i) => {
            const scale = scales[Math.floor(i / row.length)] ?? 0;
            expect(Math.abs((codes[i] ?? 0) * scale - value)).toBeLessThanOrEqual(
              scale * TOLERANCE.quantizedStep + 1e-38,
            );
          });
        },
      ),
    );
  });

  test.each([
    [[1, Number.NaN], 'f32', /"t" holds NaN or infinity/],
    [[1, Number.NEGATIVE_INFINITY], 'f16', /NaN or infinity/],
    [[1, -70000], 'f16', /reaches 70000, f16 only 65504; convert with --dtype f32/],
  ] as const)('%j as %s is refused', (values, dtype, message) => {
    expect(() => encodeElements('t', Float32Array.from(values), dtype, new Float32Array(0))).toThrow(message);
  });
});

test('progress states bytes, rate and remaining time by the clock', () => {
  let time = 0;
  const reports: LoadProgress[] = [];
  const meter = new ProgressMeter(
    1000,
    (progress) => reports.push(progress),
    () => time,
  );
  for (let second = 1; second <= 4; second++) {
    time = second;
    meter.add('a', 100, second === 1);
  }
  expect(reports.at(-1)).toEqual({
    file: 'a',
    loadedBytes: 400,
    totalBytes: 1000,
    bytesPerSecond: 100,
    remainingSeconds: 6,
    cachedBytes: 100,
  });
  time = 5;
  meter.add('b', 600);
  expect(reports.at(-1)).toMatchObject({ file: 'b', loadedBytes: 1000, remainingSeconds: 0 });
});
