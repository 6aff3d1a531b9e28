/** GIF files: made, then decoded again by sharp. Sizes that video needs. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { enlarged, evenSides } from '../../src/animation/enlarge.ts';
import { gifChunks } from '../../src/animation/gif.ts';
import { encodeVideo } from '../../src/animation/video.ts';
import type { FramePixels } from '../../src/animation/wipe.ts';

/** 15 × 7 px: a bar that moves over a gradient. */
function frame(index: number, width = 15, height = 7): FramePixels {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const bar = i % width === index % width;
    data.set(bar ? [255, 255, 255, 255] : [(i % width) * 16, 40, 200 - Math.floor(i / width) * 20, 255], 4 * i);
  }
  return { data, width, height };
}

async function* clip(count: number): AsyncGenerator<FramePixels> {
  for (let i = 0; i < count; i++) yield frame(i);
}

async function gif(
  frames: AsyncIterable<FramePixels>,
  options: object = {},
  palette = [frame(0), frame(3)],
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gifChunks(frames, palette, { fps: 15, ...options })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a GIF', () => {
  it('has its frames, times and loop, and their colours', async () => {
    const bytes = await gif(clip(6));
    const { pages, delay, loop, width, pageHeight } = await sharp(bytes, { pages: -1 }).metadata();
    expect({ pages, loop, width, pageHeight }).toEqual({ pages: 6, loop: 0, width: 15, pageHeight: 7 });
    expect(delay).toEqual([70, 60, 70, 70, 60, 70]); // 15 a second, in hundredths
    for (const index of [0, 3, 5]) {
      const decoded = await sharp(bytes, { page: index }).ensureAlpha().raw().toBuffer();
      const off = decoded.map((level, i) => Math.abs(level - (frame(index).data[i] ?? 0)));
      expect(Math.max(...off)).toBeLessThan(12);
    }
  });

  it('gives bytes as it goes: one piece a frame, none growing', async () => {
    const sizes: number[] = [];
    for await (const chunk of gifChunks(clip(200), [frame(0)], { fps: 30 })) sizes.push(chunk.length);
    expect(sizes).toHaveLength(201);
    expect(Math.max(...sizes.slice(1))).toBeLessThan(200);
  });

  it('can be stopped, and says what is wrong', async () => {
    await expect(gif(clip(3), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    await expect(gif(clip(0))).rejects.toThrow(/GIF: there are 0 frames/);
    await expect(gif(clip(3), { fps: Number.NaN })).rejects.toThrow(/GIF: fps is NaN/);
    const mixed = async function* () {
      yield frame(0);
      yield frame(1, 5, 5);
    };
    await expect(gif(mixed())).rejects.toThrow(/frame 1 is 5×5 px, frame 0 is 15×7/);
  });
});

describe('a video', () => {
  it('has even sides, the last row and column shown twice', () => {
    const { data, width, height } = evenSides(frame(0));
    const pixel = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
    expect([width, height]).toEqual([16, 8]);
    expect(pixel(15, 2)).toEqual(pixel(14, 2));
    expect(pixel(3, 7)).toEqual(pixel(3, 6));
    expect(enlarged(frame(0), 3)).toMatchObject({ width: 45, height: 21 });
  });

  it('needs VideoEncoder, which Node has not', async () => {
    await expect(encodeVideo(clip(2), { fps: 15 })).rejects.toThrow(/no VideoEncoder .*export a GIF/);
    await expect(encodeVideo(clip(2), { fps: 15, format: 'avi' as 'mp4' })).rejects.toThrow(/format is "avi"/);
  });
});
