/**
 * A place on the page that shows a picture of the engine. It draws straight into a WebGPU canvas where that works and
 * copies through the CPU into a 2D canvas where it does not: in some Chromes without a GPU the first canvas texture
 * takes the whole GPU process down.
 */
import { HyperStyleError } from '../src/index.ts';
import { make } from './dom.ts';

/** What the engine's pictures have in common. */
export interface Drawable {
  readonly width: number;
  readonly height: number;
  draw(canvas: HTMLCanvasElement): void;
  toImageData(): Promise<{
    readonly data: Uint8ClampedArray<ArrayBuffer>;
    readonly width: number;
    readonly height: number;
  }>;
}

/** How pictures reach the screen. */
export type DrawMode = 'webgpu' | '2d';

const REMEMBERED = 'hyperstyle-draw-mode';
let mode: DrawMode = 'webgpu';

/** Tries a WebGPU canvas on a device of its own, before anything depends on the answer, and settles the page's mode. */
export async function chooseDrawMode(): Promise<DrawMode> {
  const remembered = sessionStorage.getItem(REMEMBERED);
  if (remembered === '2d' || remembered === 'webgpu') {
    mode = remembered;
    return mode;
  }
  // Written first: should the trial take the page down as well, the next load does not try again.
  sessionStorage.setItem(REMEMBERED, '2d');
  mode = (await canvasWorks()) ? 'webgpu' : '2d';
  sessionStorage.setItem(REMEMBERED, mode);
  return mode;
}

async function canvasWorks(): Promise<boolean> {
  // The same format and usage as the engine's: those are what may fail.
  const format = 'rgba8unorm';
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.RENDER_ATTACHMENT;
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice({ label: 'canvas trial' });
  const context = new OffscreenCanvas(8, 8).getContext('webgpu');
  if (!device || !context) return false;
  try {
    context.configure({ device, format, usage });
    const view = context.getCurrentTexture().createView();
    const encoder = device.createCommandEncoder({ label: 'canvas trial' });
    encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store' }] }).end();
    device.queue.submit([encoder.finish()]);
    const alive = device.queue.onSubmittedWorkDone().then(() => true);
    return await Promise.race([alive, device.lost.then(() => false)]);
  } catch {
    return false;
  } finally {
    context.unconfigure();
    device.destroy();
  }
}

/** One canvas inside `host`, made on the first picture and replaced when the mode changes. */
export class PictureView {
  readonly #host: HTMLElement;
  readonly #label: string;
  #canvas: HTMLCanvasElement | null = null;
  #canvasMode: DrawMode = '2d';

  /** `label` is what a screen reader says of the canvas. */
  constructor(host: HTMLElement, label: string) {
    this.#host = host;
    this.#label = label;
  }

  /** Shows `picture` at its own size; the style sheet scales it. */
  async show(picture: Drawable): Promise<void> {
    if (mode === 'webgpu') {
      try {
        const canvas = this.#canvasFor('webgpu', picture.width, picture.height);
        if (!canvas.getContext('webgpu')) throw new Error('no WebGPU context');
        picture.draw(canvas);
        return;
      } catch (error) {
        if (error instanceof HyperStyleError) throw error; // the picture's or the GPU's fault
        console.warn('WebGPU canvas refused; the page goes on with 2D canvases', error);
        mode = '2d';
        sessionStorage.setItem(REMEMBERED, mode);
      }
    }
    const { data, width, height } = await picture.toImageData();
    const context = this.#canvasFor('2d', width, height).getContext('2d');
    context?.putImageData(new ImageData(data, width, height), 0, 0);
  }

  /** Shows a picture of the browser as the engine reads it: over white where it is transparent. */
  showSource(source: ImageBitmap): void {
    const { width, height } = source;
    const context = this.#canvasFor('2d', width, height).getContext('2d');
    if (!context) return;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(source, 0, 0);
  }

  /** Removes the picture. */
  clear(): void {
    this.#canvas?.remove();
    this.#canvas = null;
  }

  #canvasFor(wanted: DrawMode, width: number, height: number): HTMLCanvasElement {
    if (this.#canvas && this.#canvasMode !== wanted) this.clear(); // a canvas keeps its first kind of context
    if (!this.#canvas) {
      this.#canvas = make('canvas', { width, height });
      this.#canvas.setAttribute('role', 'img');
      this.#canvas.setAttribute('aria-label', this.#label);
      this.#canvasMode = wanted;
      this.#host.prepend(this.#canvas);
    }
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    return this.#canvas;
  }
}

/** Faces are read as squares; a wider or higher picture is cut, not squeezed. */
export async function middleSquare(picture: ImageBitmap): Promise<ImageBitmap> {
  const { width, height } = picture;
  const side = Math.min(width, height);
  return width === height ? picture : createImageBitmap(picture, (width - side) >> 1, (height - side) >> 1, side, side);
}
