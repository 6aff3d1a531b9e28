/** Frames at the sizes that files want: whole pixels enlarged, and even sides for videos (pure, on RGBA bytes). */
import type { FramePixels } from './wipe.ts';

/** A frame whose pixels are `scale` times as large each way, edges kept hard. */
export function enlarged(frame: FramePixels, scale: number): FramePixels {
  const { width, height } = frame;
  return scale === 1 ? frame : nearest(frame, { width: width * scale, height: height * scale, scale });
}

/** A frame with even sides, as videos need: the last column or row of an odd one is shown twice. */
export function evenSides(frame: FramePixels): FramePixels {
  const [width, height] = [frame.width + (frame.width % 2), frame.height + (frame.height % 2)];
  return width === frame.width && height === frame.height ? frame : nearest(frame, { width, height, scale: 1 });
}

function nearest(
  { data, width, height }: FramePixels,
  size: { readonly width: number; readonly height: number; readonly scale: number },
): FramePixels {
  const from = new Uint32Array(data.slice().buffer);
  const to = new Uint32Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    const row = Math.min(height - 1, Math.floor(y / size.scale)) * width;
    for (let x = 0; x < size.width; x++) {
      to[y * size.width + x] = from[row + Math.min(width - 1, Math.floor(x / size.scale))] ?? 0;
    }
  }
  return { data: new Uint8Array(to.buffer), width: size.width, height: size.height };
}
