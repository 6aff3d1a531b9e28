/** The error of a tuning run whose loss was no number; `tuning.ts` throws it. */
import { HyperStyleError } from '../errors.ts';

/** A loss was no number while tuning: the last good state is not lost. */
export class TuningError extends HyperStyleError {
  /** The person of the last good state, for `HyperStyle.restorePivot`. */
  readonly person: Uint8Array<ArrayBuffer>;
  /** Steps that state has behind it. */
  readonly steps: number;

  /** @internal */
  constructor(message: string, person: Uint8Array<ArrayBuffer>, steps: number, options: ErrorOptions) {
    super('loss', message, options);
    this.person = person;
    this.steps = steps;
  }
}
