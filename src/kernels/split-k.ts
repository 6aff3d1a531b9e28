/**
 * Convolutions whose sum is cut into parts ("split-K"): a layer of few pixels has too few results to fill a GPU, so
 * several workgroups share the terms of each, and one more dispatch adds their parts up and finishes them.
 */
import type { Tensor } from '../tensor.ts';
import { bindConvOperands, type ConvOperands, epilogueFields } from './epilogue.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** What a convolution's epilogue reads and writes, shapes checked. */
export interface EpilogueArgs extends ConvOperands {
  readonly label: string;
  /** `[S, O, P′]`, P′ at least the output's pixels: S parts of each sum. */
  readonly sums: Tensor;
  /** `[O, OH, OW]` */
  readonly output: Tensor;
}

/** Adds the parts of each sum and finishes it, as a record. */
export function epilogueRecord(a: EpilogueArgs): KernelRecord {
  const [outChannels, height, width] = [dim(a.output, 0), dim(a.output, 1), dim(a.output, 2)];
  const pixels = height * width;
  const around = { ...a, inScale: undefined, inShift: undefined };
  const operands = bindConvOperands(`conv2d "${a.label}"`, around, { inChannels: 0, outChannels, pixels }, a.sums);
  return {
    op: 'conv2dEpilogue',
    label: `${a.label} ${outChannels} ${height}×${width}`,
    shader: 'conv2d_epilogue',
    parts: ['operands', 'epilogue'],
    overrides: operands.overrides,
    uniforms: [
      u32('out_channels', outChannels),
      u32('pixels', pixels),
      u32('padded_pixels', dim(a.sums, 2)),
      u32('parts', dim(a.sums, 0)),
      ...epilogueFields(a),
    ],
    bindings: [...operands.bindings, read(a.sums), write(a.output)],
    grid: linearGrid(outChannels * Math.ceil(pixels / 4), 64),
    flops: 0,
  };
}

/** A convolution and the number of parts its sum is cut into. */
export interface SplitArgs extends ConvOperands {
  readonly label: string;
  readonly parts: number;
  /** `[O, OH, OW]` */
  readonly output: Tensor;
}

/**
 * Records a convolution that can leave parts of its sums.
 * @param record one dispatch that writes `[S, O, OH, OW]` (`[O, OH, OW]` for one part) with the operands it is given
 */
export function inParts(
  g: Recorder,
  a: SplitArgs,
  record: (output: Tensor, operands: ConvOperands) => KernelRecord,
): void {
  if (a.parts === 1) {
    g.add(record(a.output, a));
    return;
  }
  const [outChannels, height, width] = [dim(a.output, 0), dim(a.output, 1), dim(a.output, 2)];
  const sums = g.transient(`${a.label} parts`, [a.parts, outChannels, height * width]);
  g.add(record(sums, { inScale: a.inScale, inShift: a.inShift }));
  g.add(epilogueRecord({ ...a, sums }));
}
