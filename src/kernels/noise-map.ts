/** A noise map times its strength, where both are learned: synthesis reads noise already scaled. */
import { expectShape, type Tensor, view } from '../tensor.ts';
import type { Recorder } from './kernel.ts';
import { scaleChannels } from './sums.ts';

/** Arguments of {@link scaleMap}. */
export interface ScaleMapArgs {
  readonly label: string;
  /** `[H, W]` */
  readonly map: Tensor;
  /** `[1]` */
  readonly strength: Tensor;
}

/** `strength · map`, `[H, W]`. @throws `tensor` error when the strength is not one number */
export function scaleMap(g: Recorder, a: ScaleMapArgs): Tensor {
  expectShape(`scaleMap "${a.label}"`, 'strength', a.strength, [1]);
  const input = view(a.map, [1, ...a.map.shape]);
  const output = view(
    scaleChannels(g, { label: a.label, input, scale: { tensor: a.strength, offset: 0 } }),
    a.map.shape,
  );
  g.pullback?.({ op: 'scaleMap', args: a, output });
  return output;
}
