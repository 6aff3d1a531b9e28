/** Cases of the hypernetwork's heads: large matrices that are read once, bound by memory. */
import { type Architecture, generatorLayers } from '../../src/architecture.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { layerHead } from '../../src/kernels/layer-head.ts';
import { layerHeadReference, sharedHeadReference } from '../../src/kernels/reference/heads.ts';
import { sharedHead } from '../../src/kernels/shared-head.ts';
import { tensor } from '../../src/tensor.ts';
import type { RefinementWidths } from '../../src/weights/layout.ts';
import { type BuiltCase, CaseBuilder, floatBytes, halvings, type KernelCase } from './case.ts';

/** WebGPU's default `maxStorageBufferBindingSize`. */
const MAX_CHUNK_BYTES = 128 * 2 ** 20;
/** Steps summed in the state that the heads read. */
const STEPS = 3;
const SAMPLED = 8;

/** A random matrix in chunks of whole rows that can be bound. */
function matrix(b: CaseBuilder, name: string, rows: number, columns: number, spread: number) {
  const perChunk = Math.max(1, Math.min(rows, Math.floor(MAX_CHUNK_BYTES / (4 * columns))));
  return chunkRows(rows, perChunk).map(({ first, count }) =>
    b.operand(`${name} rows ${first}`, [count, columns], spread),
  );
}

const chunkRows = (rows: number, perChunk: number): { first: number; count: number }[] =>
  Array.from({ length: Math.ceil(rows / perChunk) }, (_, i) => ({
    first: i * perChunk,
    count: Math.min(perChunk, rows - i * perChunk),
  }));

/** Summed codes `[layers, z + 1]` whose last column counts steps. */
function stateOf(b: CaseBuilder, layers: number, z: number) {
  const state = b.operand('state', [layers, z + 1]);
  for (let row = 0; row < layers; row++) state.values[row * (z + 1) + z] = STEPS;
  return state;
}

function buildShared(layers: number, z: number, channels: number, facts: KernelFacts): BuiltCase {
  const b = new CaseBuilder('shared head');
  const state = stateOf(b, layers, z);
  const w2 = matrix(b, 'w2', z, channels * z, 1 / 40);
  const b2 = b.operand('b2', [channels * z], 0.1);
  const w1 = b.operand('w1', [z, channels * 9], 1 / 40);
  const b1 = b.operand('b1', [channels * 9], 0.1);
  const output = tensor('delta', [layers, channels, channels, 3, 3]);
  sharedHead(b.graph, {
    state: state.tensor,
    w2: { chunks: w2.map((chunk) => chunk.tensor) },
    b2: b2.tensor,
    w1: w1.tensor,
    b1: b1.tensor,
    outChannels: channels,
    taps: 3,
    facts,
    output,
  });
  return b.built(output, (delta) => {
    // One output channel c of the last layer: rows [c·z, (c + 1)·z) of h alone decide it.
    const [layer, c, columns] = [layers - 1, channels - 1, channels * 9];
    const slice = (values: Float32Array, rows: number, width: number): Float32Array =>
      Float32Array.from(
        { length: rows * z },
        (_, i) => values[Math.floor(i / z) * width + c * z + (i % z)] ?? Number.NaN,
      );
    const w2Rows = w2.map(({ tensor: { shape }, values }) => slice(values, shape[0] ?? 0, channels * z));
    const joined = Float32Array.from(w2Rows.flatMap((part) => [...part]));
    const row = state.values.subarray(layer * (z + 1), (layer + 1) * (z + 1));
    const weights = { w1: w1.values, b1: b1.values, w2: joined, b2: b2.values.subarray(c * z, (c + 1) * z) };
    const from = (layer * channels + c) * columns;
    return {
      actual: [...delta.subarray(from, from + columns)],
      expected: [...sharedHeadReference(row, weights, [1, z, 1])],
    };
  });
}

function buildLayer(rows: number, z: number, facts: KernelFacts): BuiltCase {
  const b = new CaseBuilder('layer head');
  const state = stateOf(b, 1, z);
  const weight = matrix(b, 'weight', rows, z, 1 / 20);
  const bias = b.operand('bias', [rows], 0.1);
  const output = tensor('delta', [rows]);
  const chunks = { chunks: weight.map((chunk) => chunk.tensor) };
  layerHead(b.graph, { state: state.tensor, row: 0, weight: chunks, bias: bias.tensor, facts, output });
  return b.built(output, (delta) => {
    const last = weight.at(-1)?.values ?? new Float32Array();
    const count = Math.min(SAMPLED, rows);
    const part = last.subarray(last.length - count * z);
    const expected = layerHeadReference(state.values, part, bias.values.subarray(rows - count), [0, z]);
    return { actual: [...delta.subarray(rows - count)], expected: [...expected] };
  });
}

function layerHeadCase(name: string, count: number, rows: number, z: number): KernelCase {
  return {
    network: 'heads',
    name,
    count,
    sizes: halvings(rows, 64),
    unit: 'rows',
    what: (size) => `${z}→${size}`,
    cost: (size) => ({ flops: 2 * size * z, bytes: floatBytes([size, z + 2], [z + 1]) }),
    build: (size, facts) => buildLayer(size, z, facts),
  };
}

/** The shared head, and one case a size of the other layers' heads. */
export function headCases(architecture: Architecture, { code }: RefinementWidths): KernelCase[] {
  const { hypernetwork } = architecture;
  if (!hypernetwork) return [];
  const layers = generatorLayers(architecture);
  const shared = hypernetwork.sharedLayers.length;
  const channels = layers[hypernetwork.sharedLayers[0] ?? 0]?.outChannels ?? 0;
  const sizes = new Map<number, number>();
  for (const index of hypernetwork.tunedLayers.filter((i) => !hypernetwork.sharedLayers.includes(i))) {
    const rows = (layers[index]?.inChannels ?? 0) * (layers[index]?.outChannels ?? 0);
    sizes.set(rows, (sizes.get(rows) ?? 0) + 1);
  }
  const sharedCase: KernelCase = {
    network: 'heads',
    name: 'shared head',
    count: 1,
    sizes: halvings(channels, 8),
    unit: 'channels',
    what: (size) => `${shared}×${code}→${size}×${code}→${size}×${size}×3×3`,
    cost: (size) => ({
      flops: 2 * shared * code * size * (code + size * 9),
      bytes: floatBytes([code, size * code], [2, shared * size, code], [code, size * 9], [shared, size, size * 9]),
    }),
    build: (size, facts) => buildShared(shared, code, size, facts),
  };
  return [sharedCase, ...[...sizes].map(([rows, count]) => layerHeadCase(`1×1 head of ${rows}`, count, rows, code))];
}
