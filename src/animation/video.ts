/**
 * Frames as an MP4 or WebM file, by the browser's VideoEncoder and `mediabunny`, which is loaded when it is used. Which
 * codecs there are differs from browser to browser, so the first that this one encodes is taken.
 */
import type { OutputFormat, VideoCodec } from 'mediabunny';
import { ensure, ensureOneOf, HyperStyleError, throwIfAborted } from '../errors.ts';
import { type ClipOptions, checkFrameSize, checkRate } from './clip.ts';
import { enlarged, evenSides } from './enlarge.ts';
import { VIDEO_FORMATS, type VideoFormat } from './formats.ts';
import type { FramePixels } from './wipe.ts';

/** Options of {@link encodeVideo}. */
export interface VideoOptions extends ClipOptions {
  /** Default `mp4`. */
  readonly format?: VideoFormat | undefined;
  /** Bits a second; default: good for this size and rate. */
  readonly bitrate?: number | undefined;
  /** Each pixel becomes so many each way, hard edges kept; default 1. */
  readonly scale?: number | undefined;
}

/** In order of preference: what most players know comes first. */
const CODECS: Readonly<Record<VideoFormat, readonly VideoCodec[]>> = {
  mp4: ['avc', 'hevc', 'av1', 'vp9'],
  webm: ['vp9', 'av1', 'vp8'],
};

/** Bits a pixel that portraits look good with; small pictures get at least {@link LEAST_BITRATE}. */
const BITS_A_PIXEL = 0.25;
const LEAST_BITRATE = 400_000;

async function library(): Promise<typeof import('mediabunny')> {
  try {
    return await import('mediabunny');
  } catch (cause) {
    throw new HyperStyleError('option', 'video files need the package mediabunny: npm install mediabunny', { cause });
  }
}

/**
 * Encodes a video.
 * @param frames RGBA bytes, all of one size
 * @throws `device` error for a browser without VideoEncoder or without a codec for this format and size; `option` for
 * unusable options,
 *   no frame, or without the package; `image` for frames of different sizes; `aborted`
 */
export async function encodeVideo(frames: AsyncIterable<FramePixels>, options: VideoOptions): Promise<Blob> {
  const { fps, format = 'mp4', scale = 1, signal, onFrame } = options;
  checkRate('video', fps);
  ensureOneOf('video: format', format, VIDEO_FORMATS);
  ensure(
    Number.isInteger(scale) && scale >= 1,
    'option',
    () => `video: scale is ${scale}, expected a whole number from 1`,
  );
  ensure(
    typeof VideoEncoder === 'function',
    'device',
    'this browser has no VideoEncoder (WebCodecs): export a GIF, or use Chrome 94, Safari 16.4 or Firefox 130 on a desktop',
  );
  const video = new VideoFile(options, format);
  let first: FramePixels | undefined;
  let count = 0;
  try {
    for await (const frame of frames) {
      throwIfAborted(signal);
      first ??= frame;
      checkFrameSize('video', frame, first, count);
      await video.add(evenSides(enlarged(frame, scale)), count);
      count++;
      onFrame?.(count);
    }
    ensure(count > 0, 'option', 'video: there are 0 frames, expected at least one');
    return await video.finish();
  } catch (error) {
    await video.cancel();
    throw error;
  }
}

/** A file that grows frame by frame. */
class VideoFile {
  readonly #fps: number;
  readonly #format: VideoFormat;
  readonly #bitrate: number | undefined;
  #started: Promise<Started> | undefined;

  constructor({ fps, bitrate }: VideoOptions, format: VideoFormat) {
    this.#fps = fps;
    this.#format = format;
    this.#bitrate = bitrate;
  }

  async add(frame: FramePixels, index: number): Promise<void> {
    this.#started ??= this.#start(frame);
    const { media, source } = await this.#started;
    const { data, width, height } = frame;
    const times = { timestamp: index / this.#fps, duration: 1 / this.#fps };
    const sample = new media.VideoSample(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
      format: 'RGBX',
      codedWidth: width,
      codedHeight: height,
      ...times,
    });
    await source.add(sample).catch(refused);
    sample.close();
  }

  async #start({ width, height }: FramePixels): Promise<Started> {
    const media = await library();
    const bitrate = this.#bitrate ?? Math.max(LEAST_BITRATE, BITS_A_PIXEL * width * height * this.#fps);
    const codec = await media.getFirstEncodableVideoCodec([...CODECS[this.#format]], { width, height, bitrate });
    ensure(
      codec,
      'device',
      () =>
        `this browser encodes no ${this.#format.toUpperCase()} video of ${width}×${height} px (tried ${CODECS[this.#format].join(', ')}): try the other format, or a GIF`,
    );
    const container: OutputFormat = this.#format === 'mp4' ? new media.Mp4OutputFormat() : new media.WebMOutputFormat();
    const target = new media.BufferTarget();
    const output = new media.Output({ format: container, target });
    const source = new media.VideoSampleSource({ codec, bitrate });
    output.addVideoTrack(source, { frameRate: this.#fps });
    await output.start().catch(refused);
    return { media, source, output, target };
  }

  async finish(): Promise<Blob> {
    const started = await this.#started;
    ensure(started, 'option', 'video: there are 0 frames, expected at least one');
    await started.output.finalize().catch(refused);
    return new Blob([started.target.buffer ?? new ArrayBuffer()], { type: `video/${this.#format}` });
  }

  async cancel(): Promise<void> {
    const started = await this.#started?.catch(() => undefined);
    await started?.output.cancel().catch(() => undefined); // the first error is told
  }
}

interface Started {
  readonly media: typeof import('mediabunny');
  readonly source: import('mediabunny').VideoSampleSource;
  readonly output: import('mediabunny').Output;
  readonly target: import('mediabunny').BufferTarget;
}

/** What an encoder throws, as an error of ours: some browsers say yes to a configuration and refuse it later. */
function refused(cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new HyperStyleError('device', `this browser's VideoEncoder failed (${why}): try the other format, or a GIF`, {
    cause,
  });
}
