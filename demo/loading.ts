/** The model's way in: progress with bytes, rate and time left, and a way to call it off. */
import { HyperStyle, type LoadProgress, PRECISIONS } from '../src/index.ts';
import { byId, humanBytes } from './dom.ts';

const box = byId('loading', HTMLDivElement);
const phase = byId('loading-phase', HTMLElement);
const detail = byId('loading-detail', HTMLSpanElement);
const bar = byId('loading-bar', HTMLProgressElement);
const cancel = byId('loading-cancel', HTMLButtonElement);

/**
 * Loads a model while the bar shows how far it is. In the address, `?kernels=direct` asks for the plain kernels, `?tune` for the
 * fastest, `?precision=f16` (or `f16-storage`) for convolutions in half precision.
 */
export async function loadModel(source: string | readonly File[]): Promise<HyperStyle> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  cancel.addEventListener('click', abort);
  starting();
  box.hidden = false;
  const address = new URLSearchParams(location.search);
  const direct = address.get('kernels') === 'direct';
  try {
    return await HyperStyle.load(source, {
      onProgress: show,
      signal: stop.signal,
      ...(direct ? { kernels: 'direct' as const } : {}),
      tune: address.has('tune'),
      precision: PRECISIONS.find((name) => name === address.get('precision')) ?? 'f32',
    });
  } finally {
    cancel.removeEventListener('click', abort);
    box.hidden = true;
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
