/** The outer side of a WebGPU host. */

/** A host that runs a job. */
export interface RunningHost {
  /** Resolves with the reason in words when the host ends by itself; a host that is stopped may resolve too. */
  readonly ended: Promise<string>;
  /** Ends the host and everything it started. */
  stop(): Promise<void>;
}

/** Starts a host on the job served at `base`. @throws `device` error when it cannot be started */
export type StartHost = (base: string) => Promise<RunningHost>;
