/**
 * The published checkpoints as weights, without converting them first: for `HyperStyle.fromWeights`. The readers are
 * loaded when needed.
 */
import { imported } from '../errors.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { EditFile } from './edit-file.ts';

/**
 * Opens the authors' checkpoint files: HyperStyle's own, or a generator alone, and with it the W encoder's. They are read as f32,
 * tensor by tensor; `npm run convert` makes a folder of them that a page can stream.
 * @param hyper `hyperstyle_ffhq.pt`, a StyleGAN2 generator, or safetensors of one: a File, or what reads ranges of bytes
 * @param encoder `w_encoder.pt`; without it photos cannot be inverted
 * @throws `file`, `pickle`, `tensor` errors of files that cannot be read, `model` when they are not one network,
 * `option` for no file
 */
export async function openCheckpoint(hyper: EditFile, encoder?: EditFile): Promise<WeightSource> {
  const [{ fileSource }, { openCheckpoint: open }, { checkpointSource }] = await imported(
    Promise.all([
      import('./edit-file.ts'),
      import('../weights/checkpoint.ts'),
      import('../weights/checkpoint-source.ts'),
    ]),
  );
  // both are looked at before one is read
  const main = fileSource(hyper);
  const beside = encoder && fileSource(encoder);
  const [first, second] = await Promise.all([open(main), beside ? open(beside) : null]);
  return checkpointSource(first, second);
}
