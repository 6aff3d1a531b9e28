/** Types of `setup.mjs`, which stays plain JavaScript because it runs before anything is installed. */

/** Installs the packages of `package-lock.json` when they are missing or of other versions. @throws one clear line */
export function ensurePackages(root: string): void;
/** Groups of packages that only some commands need; each is a folder of `tools/` with a lock file of its own. */
export const TOOLS: readonly string[];
/** The packages of groups that are not installed. */
export function missingPackages(root: string): string[];
/** Installs groups of packages and links them into `node_modules`. @throws one clear line */
export function ensureTools(root: string, ...tools: readonly string[]): void;
/** Installs what a WebGPU host needs on this machine. @throws one clear line */
export function ensureHost(root: string, host: 'chrome' | 'dawn' | 'deno'): void;
/** Puts the face models into `models/faces`. @throws one clear line */
export function ensureFaceModels(root: string): void;
