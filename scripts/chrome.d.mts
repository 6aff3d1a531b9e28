/** Types of `chrome.mjs`, which stays plain JavaScript because it runs before anything is installed. */

/** True when the machine shows a GPU to Chrome and Dawn. */
export function hasGpu(): boolean;
/** Command-line flags that give a headless page WebGPU and a WebGPU canvas. */
export function chromeFlags(): string[];
/** Path of an installed Chrome or Chromium, or undefined. */
export function findChrome(): string | undefined;
/** True where Debian packages can be installed without asking anybody. */
export function canApt(): boolean;
/** Installs Debian packages; false when that did not work. */
export function aptInstall(...packages: string[]): boolean;
/** Finds Chrome or installs it. @throws one clear line */
export function ensureChrome(): string;
