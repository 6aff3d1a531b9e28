/** What stops a training: a number that is none, and where it came from. */

/** A loss or gradient is no finite number. The weights are those of the last good step. */
export class TrainingFault extends Error {
  /** `pass`, `check`: of that graph's losses; `gradient`: of a tensor's gradients. */
  readonly where: 'pass' | 'check' | 'gradient';
  /** The pass, from 0, or the checkpoint tensor. */
  readonly at: number | string;
  readonly losses: Readonly<Record<string, number>>;

  constructor(where: TrainingFault['where'], at: number | string, losses: Readonly<Record<string, number>>) {
    super('a number of the training is not finite');
    this.where = where;
    this.at = at;
    this.losses = losses;
  }
}
