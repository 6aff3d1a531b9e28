/** Portraits of the shipped model's domain, rendered afresh: some tenths of a second, which the page's own thread is spared. */
import { randomPortrait } from '../../portraits/random.ts';
import { renderPortrait } from '../../portraits/render.ts';

/** Side of a rendered portrait; larger than the model reads, as a photo would be. */
const SIDE = 256;

/** The portrait of a seed as a PNG file. */
export async function portraitFile(seed: number): Promise<Blob> {
  const { attributes, accessories } = randomPortrait(seed, { accessories: true });
  const { data, width, height } = renderPortrait(attributes, accessories, SIDE);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
