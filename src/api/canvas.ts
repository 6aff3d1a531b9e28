/** A page's canvas as a place for pictures. Several models, and the page itself, may use one canvas in turn. */
import { ensure, HyperStyleError, inWords } from '../errors.ts';
import { TEXTURE_FORMAT } from '../runtime/pipelines.ts';

/** A canvas on the page or off it. */
export type Canvas = HTMLCanvasElement | OffscreenCanvas;

/** Which device each context was configured for here, for browsers whose contexts do not tell. */
const configuredFor = new WeakMap<GPUCanvasContext, GPUDevice>();

function isConfiguredFor(context: GPUCanvasContext, device: GPUDevice, usage: GPUTextureUsageFlags): boolean {
  if (configuredFor.get(context) !== device) return false;
  if (typeof context.getConfiguration !== 'function') return true;
  const now = context.getConfiguration();
  return now?.device === device && now.format === TEXTURE_FORMAT && (now.usage & usage) === usage;
}

/**
 * The texture that `device` draws the next picture of `canvas` into, which gets the picture's size.
 * @throws `option` error for what is no canvas, `device` when the canvas cannot be drawn into
 */
export function canvasTexture(
  canvas: Canvas,
  device: GPUDevice,
  { width, height }: { readonly width: number; readonly height: number },
): GPUTexture {
  const kind = inWords(canvas);
  ensure(
    kind === 'HTMLCanvasElement' || kind === 'OffscreenCanvas',
    'option',
    () => `draw got ${kind}, expected a canvas element or an OffscreenCanvas`,
  );
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  try {
    const context = canvas.getContext('webgpu') as GPUCanvasContext | null;
    ensure(
      context,
      'device',
      'this canvas has another context already: pass a canvas without one, or use toImageData()',
    );
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    if (!isConfiguredFor(context, device, usage)) {
      context.configure({ device, format: TEXTURE_FORMAT, usage, alphaMode: 'opaque' });
      configuredFor.set(context, device);
    }
    return context.getCurrentTexture();
  } catch (cause) {
    if (cause instanceof HyperStyleError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError(
      'device',
      `this canvas cannot be drawn into (${why}): pass another, or use toImageData()`,
      {
        cause,
      },
    );
  }
}
