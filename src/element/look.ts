/** The shadow tree of `hyper-style.ts`: canvas, progress, message, and what the page puts there instead. */

const STYLE = `
:host { display: inline-block; position: relative; vertical-align: bottom; inline-size: 256px; aspect-ratio: 1 }
:host([hidden]) { display: none }
canvas, ::slotted(:not([slot])) { display: block; inline-size: 100%; block-size: 100%; object-fit: contain }
[part=status] { position: absolute; inset: auto 0 0; display: grid; gap: 4px; padding: 8px; font: 13px/1.3 system-ui, sans-serif }
progress { inline-size: 100% }
[part=message] { margin: 0; background: Canvas; color: CanvasText; border-radius: 4px; padding: 2px 6px; justify-self: start }
[hidden] { display: none }
`;

/** What the element shows. */
export interface Look {
  /** The canvas that pictures are drawn into. */
  canvas(): HTMLCanvasElement;
  /** Shows the canvas in place of what the page has put into the element. */
  showPicture(): void;
  /** What the picture shows, in words. */
  label(alt: string): void;
  progress(done: number): void;
  say(status: string, message: string): void;
  clear(): void;
}

function element<T extends keyof HTMLElementTagNameMap>(tag: T, part: string): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  made.setAttribute('part', part);
  return made;
}

function slot(name: string, ...fallback: readonly Node[]): HTMLSlotElement {
  const made = document.createElement('slot');
  if (name) made.name = name;
  made.append(...fallback);
  return made;
}

/** Fills a shadow root. Styles are a sheet and no element, so that strict policies let them be. */
export function makeLook(root: ShadowRoot): Look {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const placeholder = slot('');
  const status = element('div', 'status');
  const bar = element('progress', 'progress');
  const message = element('p', 'message');
  bar.max = 1;
  message.setAttribute('role', 'status'); // read out when it changes
  status.append(slot('progress', bar), slot('message', message));
  root.append(placeholder, status);
  let canvas: HTMLCanvasElement | undefined;
  let alt = '';
  const look: Look = {
    canvas() {
      if (canvas) return canvas;
      canvas = element('canvas', 'canvas');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', alt);
      return canvas;
    },
    showPicture() {
      if (!canvas) return;
      if (!canvas.isConnected) root.prepend(canvas);
      placeholder.hidden = true;
    },
    label(words) {
      alt = words;
      canvas?.setAttribute('aria-label', words);
    },
    progress(done) {
      bar.value = done;
    },
    say(state, words) {
      const busy = state === 'loading' || state === 'inverting';
      bar.hidden = !busy;
      if (state !== 'loading') bar.removeAttribute('value'); // how long an inversion takes is not known
      message.textContent = words;
      message.hidden = words === '';
      status.hidden = !busy && words === '';
      if (state === 'ready') look.showPicture();
    },
    clear() {
      canvas?.remove();
      canvas = undefined; // its context belongs to a device that may be gone
      placeholder.hidden = false;
    },
  };
  return look;
}
