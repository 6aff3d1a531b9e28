/** Videos in a real browser: encoded with whatever codec it has, then decoded again. */
import { getEncodableVideoCodecs } from 'mediabunny';
import { expect, it } from 'vitest';
import { encodeVideo } from '../../src/animation/video.ts';
import type { FramePixels } from '../../src/animation/wipe.ts';
import { decoded } from './decoded.ts';

const [WIDTH, HEIGHT, FRAMES, FPS] = [47, 33, 4, 15];

/** Plain frames that change their colour. */
async function* clip(): AsyncGenerator<FramePixels> {
  for (let i = 0; i < FRAMES; i++) {
    const data = new Uint8Array(4 * WIDTH * HEIGHT).fill(255);
    for (let p = 0; p < WIDTH * HEIGHT; p++) data.set([20 + 25 * i, 60, 200 - 20 * i], 4 * p);
    yield { data, width: WIDTH, height: HEIGHT };
  }
}

it.each(['webm', 'mp4'] as const)('%s: what went in comes out', async (format) => {
  expect(await getEncodableVideoCodecs()).not.toEqual([]);
  const written: number[] = [];
  const video = await encodeVideo(clip(), { fps: FPS, format, onFrame: (n) => written.push(n) });
  expect(video.type).toBe(`video/${format}`);
  expect(written).toHaveLength(FRAMES);
  const { width, height, frames } = await decoded(video);
  expect([width, height]).toEqual([48, 34]);
  expect(frames).toHaveLength(FRAMES);
  frames.forEach(({ time, pixel }, i) => {
    expect(time).toBeCloseTo(i / FPS, 2);
    const expected = [20 + 25 * i, 60, 200 - 20 * i];
    pixel.forEach((level, c) => {
      expect(Math.abs(level - (expected[c] ?? 0))).toBeLessThan(16); // lossy, and colours are kept at half resolution
    });
  });
});

it('stops when it is told to', async () => {
  const abort = new AbortController();
  const video = encodeVideo(clip(), { fps: FPS, format: 'webm', signal: abort.signal, onFrame: () => abort.abort() });
  await expect(video).rejects.toMatchObject({ code: 'aborted' });
});
