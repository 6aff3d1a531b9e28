/**
 * Golden case of an alignment: square, crop and maps on the host, the aligned pictures by the warp kernel, the
 * paste-back on the host.
 */
import { planAlignment } from '../../src/faces/alignment.ts';
import { resizeLanczos } from '../../src/faces/lanczos.ts';
import { paste, pasteMask } from '../../src/faces/paste.ts';
import type { Pixels } from '../../src/faces/pixels.ts';
import { facePoints, type Point } from '../../src/faces/points.ts';
import { preparePhoto } from '../../src/faces/prepare.ts';
import { faceSquare, type Matrix, type Quad, scaledMatrix } from '../../src/faces/square.ts';
import { viewValues, warpImage } from '../../src/kernels/warp.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { tensor } from '../../src/tensor.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import { type Difference, difference, type Golden, type GoldenTensor, goldenTensor } from './golden-file.ts';

/** Largest and mean difference that an output may have. */
interface Limit {
  readonly max: number;
  readonly mean: number;
}

const CORNER: Limit = { max: TOLERANCE.alignedCorner, mean: TOLERANCE.alignedCorner };
const MATRIX: Limit = { max: 1e-3, mean: 1e-3 };
const PICTURE: Limit = { max: TOLERANCE.alignedLevels, mean: TOLERANCE.alignedMean };
const PASTED: Limit = { max: 1, mean: TOLERANCE.pastedMean };
const MASK: Limit = { max: 1, mean: 1 };

const rgba = ({ data, shape: [height = 0, width = 0] }: GoldenTensor): Pixels => {
  const out = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) out[4 * i + c] = data[3 * i + c] ?? 0;
  return { data: out, width, height };
};

const rgb = ({ data, width, height }: Pixels): Float32Array =>
  Float32Array.from({ length: 3 * width * height }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)] ?? Number.NaN);

const rows = ([a, b, c, d, x, y]: Matrix): Float32Array => Float32Array.of(a, c, x, b, d, y);

/** The picture of `size`² that `map` draws from `source`, on the device. */
async function drawn({ device }: OpenDevice, source: Pixels, map: Matrix, size: number): Promise<Pixels> {
  const run = new KernelRun('align');
  const words = new Uint8Array(source.data);
  const output = tensor('aligned', [size, size]);
  warpImage(run, {
    source: run.input('prepared', [source.width * source.height], words),
    view: run.input('view', [12], viewValues({ map, ...source, samples: 1 })),
    output,
    extend: true,
  });
  const [bytes = new ArrayBuffer(0)] = await run.runBytes(device, [output]);
  return { data: new Uint8ClampedArray(bytes, 0, 4 * size * size), width: size, height: size };
}

/** Differences of every output of the case, each with whether it is within its own limits. */
export async function runAlign(golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const size = Number(golden.entry.size);
  const photo = rgba(goldenTensor(golden, 'in.photo'));
  const { data: marks } = goldenTensor(golden, 'in.landmarks');
  const landmarks = Array.from(
    { length: marks.length / 2 },
    (_, i): Point => [marks[2 * i] ?? 0, marks[2 * i + 1] ?? 0],
  );
  const quad = faceSquare(facePoints(landmarks));
  const plan = planAlignment(quad, photo, size);
  const prepared = preparePhoto(photo, plan);
  const finer = Number(golden.entry.transform_size_supersampled);
  const large = await drawn(opened, prepared, scaledMatrix(plan.toInside, size / finer), finer);
  const altered = rgba(goldenTensor(golden, 'in.altered'));
  const corners = (of: Quad): Float32Array => Float32Array.from(of.flat());
  const plain = { antialias: false, matchColours: false };
  const outputs: [string, Float32Array, Limit][] = [
    ['quad_raw', corners(quad), CORNER],
    ['quad', corners(plan.inside), CORNER],
    ['matrix', rows(plan.matrix), MATRIX],
    ['matrix_exact', rows(plan.matrixExact), MATRIX],
    ['image', rgb(await drawn(opened, prepared, plan.toInside, size)), PICTURE],
    [
      'image_supersampled',
      rgb(resizeLanczos(large, size, size, { left: 0, top: 0, right: size, bottom: size })),
      PICTURE,
    ],
    ['pasted', rgb(paste(photo, altered, plan.matrixExact, plain)), PASTED],
    ['mask', Float32Array.from(pasteMask(photo, { width: size, height: size }, plan.matrixExact)), MASK],
    ['prepared', rgb(prepared), PICTURE],
  ];
  return outputs
    .filter(([name]) => golden.tensors.has(`out.${name}`))
    .map(([name, values, limit]) => judged(name, values, goldenTensor(golden, `out.${name}`).data, limit));
}

function judged(name: string, values: Float32Array, wanted: Float32Array, { max, mean }: Limit): Difference {
  const found = difference(name, values, wanted);
  const total = values.reduce((sum, value, i) => sum + Math.abs(value - (wanted[i] ?? Number.NaN)), 0);
  return { ...found, ok: found.maxAbs <= max && total / values.length <= mean };
}
