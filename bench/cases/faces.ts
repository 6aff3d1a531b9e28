/**
 * Cases of what the face networks have besides common convolutions, at the shapes that take most of a detection and a mesh; and
 * the warp.
 */
import { depthwise } from '../../src/kernels/depthwise.ts';
import { maxPool } from '../../src/kernels/max-pool.ts';
import { depthwiseReference, maxPoolReference } from '../../src/kernels/reference/depthwise.ts';
import { warpReference } from '../../src/kernels/reference/warp.ts';
import { viewValues, warpImage, warpSamples } from '../../src/kernels/warp.ts';
import { elementCount, tensor } from '../../src/tensor.ts';
import { CaseBuilder, floatBytes, type KernelCase, type Sampled } from './case.ts';
import { type ConvSpec, convCase } from './convolution.ts';

const NETWORK = 'faces';
const KERNEL = 3;

type Shape3 = readonly [channels: number, height: number, width: number];

const sampled = (actual: Float32Array, expected: ArrayLike<number>): Sampled => ({
  actual: [...actual.subarray(0, expected.length)],
  expected: Array.from(expected),
});

function depthwiseCase(channels: number, side: number, stride: 1 | 2, count: number): KernelCase {
  const out = [channels, side / stride, side / stride] as const;
  const filter = [channels, KERNEL, KERNEL];
  return {
    network: NETWORK,
    name: `depthwise${stride === 2 ? ' down' : ''}`,
    count,
    sizes: [side],
    unit: 'px',
    what: () => `${channels} ${out[1]}×${out[2]}`,
    cost: () => ({
      flops: 2 * KERNEL ** 2 * elementCount(out),
      bytes: floatBytes([channels, side, side], filter, out),
    }),
    build() {
      const b = new CaseBuilder('depthwise');
      const shape: Shape3 = [channels, side, side];
      const [x, w] = [b.operand('x', shape), b.operand('w', filter)];
      const output = tensor('y', out);
      depthwise(b.graph, { label: 'depthwise', input: x.tensor, weight: w.tensor, stride, output });
      return b.built(output, (y) => sampled(y, depthwiseReference(x.values, w.values, shape, stride)));
    },
  };
}

function shortcutCase(channels: number, outChannels: number, side: number): KernelCase {
  const out = [outChannels, side / 2, side / 2] as const;
  return {
    network: NETWORK,
    name: 'shortcut',
    count: 1,
    sizes: [side],
    unit: 'px',
    what: () => `${channels}→${outChannels} ${out[1]}×${out[2]}`,
    cost: () => ({ flops: 3 * elementCount(out), bytes: floatBytes([channels, side, side], out) }),
    build() {
      const b = new CaseBuilder('shortcut');
      const shape: Shape3 = [channels, side, side];
      const x = b.operand('x', shape);
      const output = tensor('y', out);
      maxPool(b.graph, { label: 'shortcut', input: x.tensor, channels: outChannels, output });
      return b.built(output, (y) => sampled(y, maxPoolReference(x.values, shape, outChannels)));
    },
  };
}

/** A square of 400 px, turned by 20°, drawn into a network's picture. */
function warpCase(side: number, count: number): KernelCase {
  const [width, height] = [640, 512];
  const scale = 400 / side;
  const [a, b] = [scale * Math.cos(Math.PI / 9), scale * Math.sin(Math.PI / 9)];
  const map = [a, b, -b, a, 200, 60] as const;
  const samples = warpSamples(map);
  const out = [3, side, side];
  return {
    network: NETWORK,
    name: 'warp',
    count,
    sizes: [side],
    unit: 'px',
    what: () => `${width}×${height} → ${side}×${side}, ${samples ** 2} samples`,
    cost: () => ({ flops: 30 * side ** 2 * samples ** 2, bytes: floatBytes([width, height], out) }),
    build() {
      const builder = new CaseBuilder('warp');
      const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => (i * 2654435761) >>> 24);
      const [source, view, output] = [tensor('source', [width * height]), tensor('view', [12]), tensor('y', out)];
      builder.operands.set(source, new Float32Array(data.buffer));
      builder.operands.set(view, new Float32Array(viewValues({ map, width, height })));
      warpImage(builder.graph, { source, view, output, scale: 1 / 255, extend: true });
      return builder.built(output, (y) => {
        const rows = 4; // of the plain loop, which takes seconds for all
        const picture = { source: { data, width, height }, map, width: side, height: rows, samples, extend: true };
        const expected = warpReference(picture);
        const at = (i: number): number => y[(i % 3) * side ** 2 + Math.floor(i / 3)] ?? Number.NaN;
        return { actual: Array.from(expected, (_, i) => at(i)), expected: Array.from(expected, (v) => v / 255) };
      });
    },
  };
}

/** Cases of one detection and one mesh. */
export function faceCases(): KernelCase[] {
  const pointwise = (inChannels: number, outChannels: number, size: number, count: number): KernelCase => {
    const spec: ConvSpec = {
      ...{ network: NETWORK, name: 'pointwise', count, inChannels, outChannels, size },
      ...{ kernel: 1, stride: 1, surroundings: 'bias' },
    };
    return convCase(spec);
  };
  return [
    depthwiseCase(24, 128, 1, 7),
    depthwiseCase(24, 128, 2, 1),
    depthwiseCase(16, 96, 1, 2),
    depthwiseCase(96, 16, 1, 7),
    pointwise(24, 32, 128, 7),
    pointwise(16, 16, 96, 2),
    pointwise(96, 96, 16, 7),
    shortcutCase(32, 32, 128),
    warpCase(256, 1),
    warpCase(192, 2),
  ];
}
