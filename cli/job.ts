/**
 * A job is the part of a command that needs a GPU: `cli/jobs/NAME.ts` exporting `run(ctx)`. It is bundled for browsers
 * and runs in headless Chrome, in Node on Dawn, or in Deno on wgpu; it sees nothing of its host but this interface.
 *
 * A command starts it with `runJob(host, { job: 'NAME', params, mounts, onEvent, onFile })` (`run-job.ts`):
 * `params` (JSON) arrives as `ctx.params`; folders, files and bytes in `mounts` answer `ctx.get('PREFIX/…')` and
 * `ctx.url('PREFIX/…')`; `ctx.emit(event)` reaches `onEvent` in order; `ctx.save(name, bytes)` reaches `onFile`.
 * What the job throws, a crash, a lost GPU or a long silence rejects `runJob` with one clear line.
 */

import type { ErrorCode } from '../src/errors.ts';

/** The WebGPU hosts. */
export const HOSTS = ['chrome', 'dawn', 'deno'] as const;
/** One of {@link HOSTS}. */
export type HostName = (typeof HOSTS)[number];

/** What a job gets from whoever runs it. */
export interface JobContext {
  /** `navigator.gpu` of the host; an adapter has been found already. */
  readonly gpu: GPU;
  /** What the command passed as `params`. */
  readonly params: unknown;
  /** The adapter in words, e.g. `google swiftshader (fallback)`. */
  readonly adapter: string;
  /** Address of a mounted file or folder, for code that fetches by itself. */
  url(path: string): string;
  /** Bytes of a mounted file. @throws `file` error when there is none, and what a mount that makes its bytes threw */
  get(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Sends a JSON value to the command; also tells the watchdog that the job is alive. */
  emit(event: unknown): Promise<void>;
  /** Hands a file to the command. */
  save(name: string, bytes: Uint8Array): Promise<void>;
}

/** What a job module exports. */
export interface JobModule {
  run(ctx: JobContext): Promise<void>;
}

/** Status of an answer that is a {@link Refusal}: bytes that were to be made cannot be. */
export const REFUSED = 422;

/** A `HyperStyleError` on its way from a mount to its job. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** An error on its way from a job to its command. */
export interface JobFailure {
  /** The `HyperStyleError` code, or null for an unexpected error. */
  readonly code: string | null;
  readonly message: string;
  readonly stack: string;
}
