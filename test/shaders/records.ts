/** Every record the kernel cases produce, and those with textures: what shaders are checked against. */
import { recordCopy, recordFma } from '../../bench/ceilings.ts';
import { addBenchShaders } from '../../bench/shaders.ts';
import { packRgba, resizeImage, toTexture } from '../../src/kernels/image.ts';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { recordLargeProduct } from '../kernels/backward/large-cases.ts';
import { recordOptimisers } from '../kernels/backward/optimiser-case.ts';
import { CONV_CASES, HALF_CASES, UP_CASES } from '../kernels/conv-cases.ts';
import { FACE_CASES, WARP_CASES } from '../kernels/face-cases.ts';
import { GENERATOR_CASES } from '../kernels/generator-cases.ts';
import { GRADIENT_CASES } from '../kernels/gradient-cases.ts';
import { HEAD_CASES } from '../kernels/head-cases.ts';
import { NOISE_CASES, PICTURE_CASES } from '../kernels/picture-cases.ts';

addBenchShaders();

function recordsOf(build: (g: KernelRun) => unknown): readonly KernelRecord[] {
  const g = new KernelRun();
  build(g);
  return g.nodes;
}

/** Records of every case of the kernel tests, and of what has no cases. */
export const RECORDS: readonly KernelRecord[] = [
  ...[
    ...CONV_CASES,
    ...UP_CASES,
    ...HALF_CASES,
    ...GENERATOR_CASES,
    ...HEAD_CASES,
    ...PICTURE_CASES,
    ...NOISE_CASES,
    ...FACE_CASES,
    ...WARP_CASES,
    ...GRADIENT_CASES,
  ].flatMap((example) => recordsOf((g) => example.build(g))),
  ...recordsOf(recordOptimisers),
  ...recordsOf(recordLargeProduct),
  ...recordsOf((g) => recordFma(g, 'vec4f', 1)),
  ...recordsOf((g) => recordCopy(g, g.input('x', [4], new Float32Array(4)), 1)),
  ...recordsOf((g) => packRgba(g, { input: g.input('x', [3, 2, 2], new Float32Array(12)) })),
  ...recordsOf((g) => resizeImage(g, { texture: 'photo', size: 8 })),
  ...recordsOf((g) => toTexture(g, { input: g.input('x', [3, 2, 2], new Float32Array(12)), texture: 'canvas' })),
];
