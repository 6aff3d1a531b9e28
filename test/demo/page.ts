/** The demo page without an engine: its own markup and modules, and models that are nothing but names. No GPU is used. */
import { vi } from 'vitest';
import { byId } from '../../demo/dom.ts';
import markup from '../../demo/index.html?raw';
import { HyperStyle, type LoadOptions } from '../../src/index.ts';

/** A call of `HyperStyle.load` that the test answers. */
export interface PendingLoad {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: LoadOptions['onProgress'];
  /** Ends the call with a model of this name; returns the model. */
  finish(name: string): HyperStyle;
  /** Ends the call with an error. */
  fail(error: Error): void;
}

/** As much of a model as the page needs to show it. */
function model(name: string): HyperStyle {
  return {
    name,
    architecture: { size: 64, inputSize: 64, cropRows: null },
    directions: ['smile'],
    domains: [],
    adapter: 'none',
    memory: () => ({ total: 0 }),
    lost: new Promise(() => {}),
    invert: vi.fn(() => new Promise(() => {})),
    dispose: vi.fn(),
  } as unknown as HyperStyle;
}

/** Puts the page up and starts it. Returns what it loads, in the order in which it asks. */
export async function openPage(): Promise<PendingLoad[]> {
  const page = new DOMParser().parseFromString(markup, 'text/html');
  document.body.replaceChildren(...page.body.children);
  sessionStorage.setItem('hyperstyle-draw-mode', '2d'); // nothing is drawn: the canvas need not be tried
  const loads: PendingLoad[] = [];
  vi.spyOn(HyperStyle, 'load').mockImplementation(
    (_, { signal, onProgress } = {}) =>
      new Promise((resolve, reject) => {
        const finish = (name: string): HyperStyle => {
          const made = model(name);
          resolve(made);
          return made;
        };
        loads.push({ signal, onProgress, finish, fail: reject });
      }),
  );
  await import('../../demo/main.ts');
  await vi.waitFor(() => {
    if (loads.length === 0) throw new Error('the page has not asked for its model yet');
  });
  return loads;
}

/** Chooses a folder with the picker "Open your own model folder". */
export function chooseFolder(): void {
  const files = new DataTransfer();
  files.items.add(new File(['{}'], 'model.json'));
  const picker = byId('folder', HTMLInputElement);
  picker.files = files.files;
  picker.dispatchEvent(new Event('change'));
}

/** What the page says at this moment. */
export function seen() {
  const error = byId('notice', HTMLDivElement);
  return {
    error: error.hidden ? '' : byId('notice-text', HTMLParagraphElement).textContent,
    loading: !byId('loading', HTMLDivElement).hidden,
    model: byId('model', HTMLDListElement).querySelector('dd')?.textContent,
    usable: !byId('generate-button', HTMLButtonElement).disabled,
    samples: document.querySelectorAll('#strip img').length,
  };
}
