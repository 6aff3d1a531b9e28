/** The largest of each 2 × 2 pixels, with channels of zeros added: shortcuts around blocks that halve a picture and widen it. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link maxPool}. */
export interface MaxPoolArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** Channels of the output, at least the input's; the others are 0. */
  readonly channels?: number | undefined;
  /** `[channels, ⌊H/2⌋, ⌊W/2⌋]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/**
 * `[C, H, W]` → `[channels, ⌊H/2⌋, ⌊W/2⌋]`: 2 × 2 max pooling with stride 2, then zero channels behind.
 * @throws `tensor` error when fewer channels are asked for than there are, or nothing is left of the picture
 */
export function maxPool(g: Recorder, { label, input, channels: wanted, output: given }: MaxPoolArgs): Tensor {
  const where = `maxPool "${label}"`;
  const [channels, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  const outChannels = wanted ?? channels;
  ensure(
    outChannels >= channels,
    'tensor',
    () => `${where}: ${outChannels} channels asked for, the input has ${channels} and none may be lost`,
  );
  ensure(height > 1 && width > 1, 'tensor', () => `${where}: 2×2 pixels are pooled, got ${height}×${width}`);
  const shape = [outChannels, Math.floor(height / 2), Math.floor(width / 2)];
  const output = given ?? g.transient(label, shape);
  expectShape(where, 'output', output, shape);
  g.add({
    op: 'maxPool',
    label: `${label} ${channels}→${outChannels} ${height}×${width}`,
    shader: 'max_pool',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('channels', channels), u32('out_channels', outChannels), u32('height', height), u32('width', width)],
    bindings: [read(input), write(output)],
    grid: linearGrid(elementCount(shape), WORKGROUP_SIZE),
    flops: 3 * elementCount(shape),
  });
  return output;
}
