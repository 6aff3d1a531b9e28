/** The model's way in: progress with bytes, rate and time left, and a way to call it off. */
import { type Conv2dVariant, HyperStyle, HyperStyleError, type LoadProgress, type Precision } from '../src/index.ts';
import { byId, humanBytes } from './dom.ts';

const box = byId('loading', HTMLDivElement);
const phase = byId('loading-phase', HTMLElement);
const detail = byId('loading-detail', HTMLSpanElement);
const bar = byId('loading-bar', HTMLProgressElement);
/** The load under way. */
let current: AbortController | undefined;

byId('loading-cancel', HTMLButtonElement).addEventListener('click', () => current?.abort());

/**
 * Loads a model while the bar shows how far it is; a load before it is called off. In the address, `?kernels=direct` asks for the
 * plain kernels, `?tune` for the fastest, `?precision=f16` (or `f16-storage`) for convolutions in half precision.
 * @throws as `HyperStyle.load`; `aborted` also when another load has taken its place
 */
export async function loadModel(source: string | readonly File[]): Promise<HyperStyle> {
  current?.abort();
  const own = new AbortController();
  current = own;
  starting();
  box.hidden = false;
  const address = new URLSearchParams(location.search);
  const [kernels, precision] = [address.get('kernels'), address.get('precision')];
  try {
    const model = await HyperStyle.load(source, {
      onProgress: (progress) => current === own && show(progress),
      signal: own.signal,
      // whatever the address says: `load` knows the words, and lists them
      ...(kernels === null ? {} : { kernels: kernels as Conv2dVariant }),
      ...(precision === null ? {} : { precision: precision as Precision }),
      tune: address.has('tune'),
    });
    if (!own.signal.aborted) return model;
    model.dispose();
    throw new HyperStyleError('aborted', 'called off at the last moment');
  } finally {
    if (current === own) box.hidden = true;
  }
}

function starting(): void {
  phase.textContent = 'Loading the model';
  detail.textContent = '';
  bar.removeAttribute('value'); // an indeterminate bar until the size is known
}

function show({ file, loadedBytes, totalBytes, bytesPerSecond, remainingSeconds }: LoadProgress): void {
  if (!(totalBytes > 0)) return;
  if (loadedBytes >= totalBytes) {
    starting();
    phase.textContent = 'Preparing the GPU';
    return;
  }
  phase.textContent = `Loading ${file}`;
  bar.value = loadedBytes / totalBytes;
  const parts = [`${humanBytes(loadedBytes)} of ${humanBytes(totalBytes)}`];
  if (bytesPerSecond > 0) parts.push(`${humanBytes(bytesPerSecond)}/s`);
  if (Number.isFinite(remainingSeconds)) parts.push(`${Math.ceil(remainingSeconds)} s left`);
  detail.textContent = parts.join(' · ');
}
