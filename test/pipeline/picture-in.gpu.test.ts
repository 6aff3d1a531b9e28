/**
 * Pictures as a page has them in hand: read alike whatever they come as, or refused by name; never another one
 * than was passed.
 */
import { describe, expect, it } from 'vitest';
import { HyperStyle, type HyperStyleError, type PictureSource } from '../../src/index.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { difference, smallWeights, testPicture } from './small-model.ts';

/** One step of a byte, of a picture in [-1, 1], and what rounding it twice may add. */
const ONE_STEP = 2.1 / 127.5;

const warnings: string[] = [];
let model: Promise<HyperStyle> | undefined;

/** The model of all tests of this file. */
async function shared(): Promise<HyperStyle> {
  const { device } = await sharedDevice();
  model ??= smallWeights().then((source) =>
    HyperStyle.fromWeights(source, { device, onWarning: (warning) => warnings.push(warning) }),
  );
  return model;
}

/** What the networks read of a picture. */
async function reading(hs: HyperStyle, picture: PictureSource): Promise<Float32Array> {
  (await hs.invert(picture, { steps: 1 })).dispose();
  return hs.engine.read(hs.engine.network.state.x);
}

/** A canvas half of whose pixels let something through. */
function canvasOf(side: number, settings: CanvasRenderingContext2DSettings = {}): OffscreenCanvas {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', settings);
  if (!context) throw new Error('no 2D context');
  for (let i = 0; i < 4; i++) {
    context.fillStyle = `rgb(${60 * i} ${200 - 30 * i} 90 / ${[0, 0.4, 0.7, 1][i]})`;
    context.fillRect((i * side) / 4, 0, side / 4, side);
  }
  return canvas;
}

const pixelsOf = (canvas: OffscreenCanvas): ImageData => {
  const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
  if (!data) throw new Error('no 2D context');
  return data;
};

/** An `<img>` that has loaded, or failed to. */
async function imageOf(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode().catch(() => undefined);
  return image;
}

const svgOf = (attributes: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><rect width="100%" height="100%" fill="#46783c"/></svg>`)}`;

async function problemOf(hs: HyperStyle, picture: PictureSource): Promise<HyperStyleError> {
  return hs.invert(picture, { steps: 1 }).then(
    () => expect.fail('it was accepted'),
    (error) => error,
  );
}

describe('a picture that lets something through', () => {
  it('lies over white, whatever it comes as', async () => {
    const hs = await shared();
    const canvas = canvasOf(64);
    const { data, width, height } = pixelsOf(canvas);
    const opaque = Uint8ClampedArray.from(data, (_, i) => {
      const alpha = (data[4 * (i >> 2) + 3] ?? 0) / 255;
      return i % 4 === 3 ? 255 : Math.round((data[i] ?? 0) * alpha + 255 * (1 - alpha));
    });
    const expected = await reading(hs, { data: opaque, width, height });
    expect(expected[0]).toBe(1);
    const blob = await canvas.convertToBlob();
    for (const picture of [{ data, width, height }, pixelsOf(canvas), canvas, await createImageBitmap(canvas), blob]) {
      const kind = Object.prototype.toString.call(picture);
      expect(difference(await reading(hs, picture), expected), kind).toBeLessThan(ONE_STEP);
    }
  });
});

describe('a picture of a page', () => {
  it('is read alike as a File, an <img>, a VideoFrame and a canvas that changes at once', async () => {
    const hs = await shared();
    const canvas = new OffscreenCanvas(64, 64);
    const context = canvas.getContext('2d', { alpha: false });
    context?.drawImage(canvasOf(64), 0, 0);
    const expected = await reading(hs, canvas);
    const blob = await canvas.convertToBlob();
    const url = URL.createObjectURL(blob);
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const pictures = [new File([blob], 'me.png'), await imageOf(url)];
    for (const picture of pictures) expect(difference(await reading(hs, picture), expected)).toBeLessThan(ONE_STEP);
    const [late, fromFrame] = [reading(hs, canvas), reading(hs, frame)];
    frame.close();
    context?.fillRect(0, 0, 64, 64);
    expect(difference(await late, expected)).toBeLessThan(ONE_STEP);
    await fromFrame; // its colours went through YUV
    URL.revokeObjectURL(url);
  });

  it('shows the same colours as a display-p3 canvas, its ImageData, its floats and a copy of its bytes', async () => {
    const hs = await shared();
    const canvas = new OffscreenCanvas(64, 64);
    const context = canvas.getContext('2d', { colorSpace: 'display-p3' });
    if (!context) throw new Error('no 2D context');
    context.fillStyle = 'color(display-p3 0.8 0.3 0.2)';
    context.fillRect(0, 0, 64, 64);
    const expected = await reading(hs, canvas);
    const data = context.getImageData(0, 0, 64, 64);
    expect(data.colorSpace).toBe('display-p3');
    expect(difference(await reading(hs, data), expected)).toBeLessThan(ONE_STEP);
    expect(difference(await reading(hs, { ...plain(data), colorSpace: 'display-p3' }), expected)).toBeLessThan(
      ONE_STEP,
    );
    const asSrgb = await reading(hs, plain(data));
    expect(difference(asSrgb, expected)).toBeGreaterThan(4 * ONE_STEP);
    const floats = context.getImageData(0, 0, 64, 64, { pixelFormat: 'rgba-float16' } as ImageDataSettings);
    expect(Object.prototype.toString.call(floats.data)).toBe('[object Float16Array]');
    expect(difference(await reading(hs, floats), expected)).toBeLessThan(ONE_STEP);
  });

  it('is scaled down with a warning where no texture is wide enough for it', async () => {
    const hs = await shared();
    const wide = hs.engine.device.limits.maxTextureDimension2D + 2;
    warnings.length = 0;
    const { data } = testPicture(wide, 2);
    const expected = await reading(hs, { data, width: wide, height: 2 });
    const bitmap = await reading(hs, await createImageBitmap(new ImageData(data, wide, 2)));
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toMatch(new RegExp(`picture of ${wide}×2 px was scaled down to ${wide / 2}×2`));
    const mean = expected.reduce((sum, v, i) => sum + Math.abs(v - (bitmap[i] ?? Number.NaN)), 0) / expected.length;
    expect(mean).toBeLessThan(0.05); // a browser has its own way to resize
  });

  it('is read although it is an SVG without a size', async () => {
    const hs = await shared();
    const sized = await reading(hs, await imageOf(svgOf('width="80" height="60"')));
    const sizeless = await reading(hs, await imageOf(svgOf('viewBox="0 0 4 3"')));
    expect(difference(sized, sizeless)).toBeLessThan(ONE_STEP);
  });
});

describe('a picture that cannot be read', () => {
  it('is refused for what it is', async () => {
    const hs = await shared();
    const closed = await createImageBitmap(new ImageData(4, 4));
    closed.close();
    const broken = await imageOf('data:image/png;base64,AAAA');
    const cases: [PictureSource, RegExp][] = [
      [closed, /0×0 px.*it was closed/],
      [broken, /0×0 px.*wait until it is loaded/],
      [document.createElement('video'), /0×0 px.*wait until/],
      [new Blob(['no picture'], { type: 'image/png' }), /image\/png, 10 bytes\) cannot be decoded/],
      [document.createElement('div') as never, /the picture is HTMLDivElement: pass an ImageBitmap/],
      [document.querySelectorAll('img') as never, /the picture is NodeList: pass/],
    ];
    for (const [picture, message] of cases) {
      const error = await problemOf(hs, picture);
      expect([error.name, error.code]).toEqual(['HyperStyleError', 'image']);
      expect(error.message).toMatch(message);
      expect(error.message).not.toMatch(/CORS/);
    }
  });

  it('names CORS where that is what it is', async () => {
    const hs = await shared();
    const copy = hs.engine.device.queue.copyExternalImageToTexture;
    hs.engine.device.queue.copyExternalImageToTexture = () => {
      throw new DOMException('tainted', 'SecurityError');
    };
    expect((await problemOf(hs, canvasOf(8))).message).toMatch(/own origin or with CORS/);
    hs.engine.device.queue.copyExternalImageToTexture = copy;
  });

  it('is no other picture: an upload that fails draws nothing', async () => {
    const hs = await shared();
    const { queue } = hs.engine.device;
    const { data, width, height } = testPicture(24, 24);
    const before = await reading(hs, { data, width, height });
    const write = queue.writeTexture.bind(queue);
    const tooShort = { bytesPerRow: 1, rowsPerImage: 1 };
    Object.assign(queue, {
      writeTexture: (...[to, bytes]: Parameters<typeof write>) => write(to, bytes, tooShort, [width, height]),
    });
    const error = await problemOf(hs, testPicture(24, 24, 5));
    queue.writeTexture = write;
    expect([error.name, error.code]).toEqual(['HyperStyleError', 'image']);
    expect(error.message).toMatch(/cannot be read: .*pass \{ data, width, height \}/);
    expect(difference(await reading(hs, { data, width, height }), before)).toBe(0);
  });
});

/** The bytes of pixels without what else ImageData knows. */
const plain = ({ data, width, height }: ImageData) => ({ data: Uint8ClampedArray.from(data), width, height });
