/** Ops against numbers of the original network (PyTorch): what needs no convolution. The rest is `npm run golden`'s. */
import { expect, it } from 'vitest';
import { linear } from '../../src/kernels/linear.ts';
import { pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { adaptivePool } from '../../src/kernels/pools.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { sharedHead } from '../../src/kernels/shared-head.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import type { Tensor } from '../../src/tensor.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';

const FILES = import.meta.glob<string>('../goldens/{adaptive-pool,mapping,shared-hypernet-*}.safetensors', {
  query: '?url&inline',
  import: 'default',
});

interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors of a small safetensors file: a length, a JSON header, f32 data. */
async function golden(name: string): Promise<(key: string) => GoldenTensor> {
  const url = await FILES[`../goldens/${name}.safetensors`]?.();
  const bytes = await (await fetch(url ?? '')).arrayBuffer();
  const start = 8 + Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, start - 8)));
  return (key) => {
    const {
      shape,
      data_offsets: [from, to],
    } = header[key];
    return { shape, data: new Float32Array(bytes.slice(start + from, start + to)) };
  };
}

/** Golden tensor `key` as an input, under its own shape or `shape`. */
const input = (g: KernelRun, key: string, { shape, data }: GoldenTensor, as = shape): Tensor => g.input(key, as, data);

function expectClose(actual: Float32Array | undefined, { data }: GoldenTensor): void {
  expect(relativeError(actual ?? new Float32Array(), data)).toBeLessThan(TOLERANCE.op);
}

it.each<[string, number, number]>([
  ['out.y10x12', 10, 12],
  ['out.y7x9', 7, 9],
  ['out.y1', 1, 1],
])('adaptive-pool %s', async (key, height, width) => {
  const at = await golden('adaptive-pool');
  const x = at('in.x');
  const [y] = await runKernels((g) => [adaptivePool(g, { input: input(g, 'x', x, x.shape.slice(1)), height, width })]);
  expectClose(y, at(key));
});

it('mapping', async () => {
  const at = await golden('mapping');
  const [w] = await runKernels((g) => {
    let x = pixelNorm(g, { input: input(g, 'z', at('in.z')) });
    for (let i = 1; i <= 8; i++) {
      const [weight, bias] = [at(`w.${i}.weight`), at(`w.${i}.bias`)];
      x = linear(g, {
        label: `mapping.${i}`,
        input: x,
        weight: input(g, `w${i}`, weight),
        bias: input(g, `b${i}`, bias),
        weightScale: 0.01 / Math.sqrt(weight.shape[1] ?? 1),
        biasScale: 0.01,
        activation: { kind: 'leaky', slope: 0.2, gain: Math.SQRT2 },
      });
    }
    return [x];
  });
  expectClose(w, at('out.y'));
});

it.each([
  ['shared-hypernet-full', 3],
  ['shared-hypernet-delta_per_channel', 1],
] as const)('%s, as the sum of one step', async (name, taps) => {
  const at = await golden(name);
  const { shape, data } = at('in.code');
  const [layers = 0, z = 0] = shape;
  const state = Float32Array.from({ length: layers * (z + 1) }, (_, i) =>
    i % (z + 1) === z ? 1 : (data[Math.floor(i / (z + 1)) * z + (i % (z + 1))] ?? Number.NaN),
  );
  const out = at('out.y');
  const channels = out.shape[1] ?? 0;
  const [delta] = await runKernels((g) => [
    sharedHead(g, {
      state: g.input('state', [layers, z + 1], state),
      w2: { chunks: [input(g, 'w2', at('w.w2'))] },
      b2: input(g, 'b2', at('w.b2')),
      w1: input(g, 'w1', at('w.w1')),
      b1: input(g, 'b1', at('w.b1')),
      outChannels: channels,
      taps,
    }),
  ]);
  // One offset a pair of channels is repeated over the nine taps in the golden file.
  const repeat = 9 / taps ** 2;
  const repeated = Float32Array.from(
    { length: out.data.length },
    (_, i) => delta?.[Math.floor(i / repeat)] ?? Number.NaN,
  );
  expectClose(repeated, out);
});
