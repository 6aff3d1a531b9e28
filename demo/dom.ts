/** The few helpers the page needs to talk to its own markup. */

/** The element with `id`, checked to be of `type`, so that a typo fails at start and not at a click. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new TypeError(`index.html: #${id} is not a ${type.name}`);
  return found;
}

/** A new element with properties and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Omit<HTMLElementTagNameMap[K], 'style'>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** `hair_length` as people read it: `Hair length`. */
export function humanName(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An amount with its sign: `+1.5`, `−2.0`, `0`. */
export function signed(amount: number): string {
  return amount === 0 ? '0' : `${amount > 0 ? '+' : '−'}${Math.abs(amount).toFixed(1)}`;
}

/** Bytes in the unit people would use: `16.4 MB`. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[power]}`;
}

/** Hands `blob` to the browser as a download called `name`. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  make('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Reports what an event handler's promise throws; every asynchronous handler of the page goes through here. */
export function handler<E>(
  report: (error: unknown) => void,
  work: (event: E) => Promise<void> | void,
): (event: E) => void {
  return (event) => {
    Promise.resolve()
      .then(() => work(event))
      .catch(report);
  };
}
