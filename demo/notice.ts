/** The page's one place for bad news: an error's single line, with a reload button where only that helps. */
import { HyperStyleError } from '../src/index.ts';
import { byId } from './dom.ts';

const box = byId('notice', HTMLDivElement);
const text = byId('notice-text', HTMLParagraphElement);
const reload = byId('notice-reload', HTMLButtonElement);
const close = byId('notice-close', HTMLButtonElement);

reload.addEventListener('click', () => location.reload());
close.addEventListener('click', clearNotice);

/** Shows `message`. With `needsReload` it stays until the page is loaded again. */
export function showNotice(message: string, needsReload = false): void {
  if (!reload.hidden && !box.hidden) return; // a lost device explains every error after it
  text.textContent = message;
  reload.hidden = !needsReload;
  close.hidden = needsReload;
  box.hidden = false;
}

/** Takes the message away, unless it asks for a reload. */
export function clearNotice(): void {
  if (reload.hidden) box.hidden = true;
}

/** Shows an error as its one line. An abort is the user's own doing and says nothing. */
export function showError(error: unknown): void {
  if (error instanceof HyperStyleError && error.code === 'aborted') return;
  if (!(error instanceof HyperStyleError)) console.error(error);
  showNotice(error instanceof Error ? error.message : String(error));
}
