/** An animation as a file people can keep: GIF, MP4, WebM, or PNG files in one archive. */
import type { Animation, AnimationFrame } from '../../src/index.ts';
import type { AnimationFormat, MadeFile, OnProgress } from './facts.ts';
import { enlarged, pngOf } from './pictures.ts';

/** Sides that files are enlarged to at least: the shipped model's pictures are small. */
const SIDES: Readonly<Record<AnimationFormat, number>> = { gif: 256, png: 0, mp4: 512, webm: 512 };

/** Writes `animation`. @throws `option` error of a browser without the encoder, `aborted` */
export async function exportAnimation(
  animation: Animation,
  format: AnimationFormat,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: OnProgress },
): Promise<MadeFile> {
  const told = ({ done, frames }: { readonly done: number; readonly frames: number }): void => {
    void onProgress({
      phase: `Writing the ${format === 'png' ? 'PNG files' : format.toUpperCase()}`,
      done,
      total: frames,
    });
  };
  const scale = Math.max(1, Math.ceil(SIDES[format] / Math.max(animation.width, animation.height)));
  const options = { signal, onProgress: told, compose: (frame: AnimationFrame) => enlarged(frame, scale) };
  if (format === 'gif') return { blob: await animation.toGif(options), name: 'portrait.gif' };
  if (format === 'png') return { blob: await archive(animation, { signal, onProgress: told }), name: 'frames.zip' };
  return { blob: await animation.toVideo({ ...options, format }), name: `portrait.${format}` };
}

/** PNG files in an archive; only their compressed bytes are kept. */
async function archive(
  animation: Animation,
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: { done: number; frames: number }) => void },
): Promise<Blob> {
  const { Zip, ZipPassThrough } = await import('fflate');
  const parts: BlobPart[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(chunk.slice());
  });
  for await (const { index, data, width, height } of animation.stream(options)) {
    const file = new ZipPassThrough(`frame-${String(index).padStart(4, '0')}.png`);
    zip.add(file);
    const png = await pngOf(new ImageData(data, width, height));
    file.push(new Uint8Array(await png.arrayBuffer()), true);
  }
  zip.end();
  return new Blob(parts, { type: 'application/zip' });
}
