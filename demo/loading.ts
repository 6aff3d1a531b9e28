/** The model's way in: progress with bytes, rate and time left, and a way to call it off. */
import { HyperStyle, type LoadProgress } from '../src/index.ts';
import { byId, humanBytes } from './dom.ts';

const box = byId('loading', HTMLDivElement);
const phase = byId('loading-phase', HTMLElement);
const detail = byId('loading-detail', HTMLSpanElement);
const bar = byId('loading-bar', HTMLProgressElement);
const cancel = byId('loading-cancel', HTMLButtonElement);

/** Loads a model while the bar shows how far it is. `?kernels=direct` in the address asks for the plain kernels. */
export async function loadModel(source: string | readonly File[]): Promise<HyperStyle> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  cancel.addEventListener('click', abort);
  show({ loadedBytes: 0, totalBytes: 0, bytesPerSecond: 0, secondsLeft: Number.NaN, phase: '' });
  box.hidden = false;
  const direct = new URLSearchParams(location.search).get('kernels') === 'direct';
  try {
    return await HyperStyle.load(source, {
      onProgress: show,
      signal: stop.signal,
      ...(direct ? { kernels: 'direct' as const } : {}),
    });
  } finally {
    cancel.removeEventListener('click', abort);
    box.hidden = true;
  }
}

function show(
  progress: Pick<LoadProgress, 'loadedBytes' | 'totalBytes' | 'bytesPerSecond' | 'secondsLeft'> & { phase: string },
): void {
  phase.textContent = progress.phase ? `Loading the model: ${progress.phase}` : 'Loading the model';
  if (!(progress.totalBytes > 0)) {
    bar.removeAttribute('value'); // an indeterminate bar until the size is known
    detail.textContent = '';
    return;
  }
  bar.value = Math.min(1, progress.loadedBytes / progress.totalBytes);
  const parts = [`${humanBytes(progress.loadedBytes)} of ${humanBytes(progress.totalBytes)}`];
  if (progress.bytesPerSecond > 0) parts.push(`${humanBytes(progress.bytesPerSecond)}/s`);
  if (Number.isFinite(progress.secondsLeft)) parts.push(`${Math.ceil(progress.secondsLeft)} s left`);
  detail.textContent = parts.join(' · ');
}
