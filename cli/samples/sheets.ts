/** What the `samples` job sends and under which names; shared by the command and the job. */

/** What the command passes to the job. */
export interface SamplesParams {
  /** Width and height of each mounted `portrait-I` (RGBA bytes). */
  readonly portraits: readonly { readonly width: number; readonly height: number }[];
  readonly steps: number;
  /** Steps of pivotal tuning from y_T; 0 for none. */
  readonly tuning: number;
}

/** Directions of the edit sheet, a row each, where the model has them. */
export const EDIT_ROWS = ['smile', 'yaw', 'hair_color', 'hair_length', 'skin_tone', 'light'] as const;
/** Amounts of the edit sheet, a column each, in standard deviations. */
export const EDIT_COLUMNS = [-3, -2, -1, 0, 1, 2, 3] as const;
/** The portrait on the edit sheet: the first one with accessories. */
export const EDITED_PORTRAIT = 1;

/** Sent once a portrait. */
export interface SampleEvent {
  readonly portrait: number;
  /** Mean squared error of y_0 … y_T. */
  readonly l2: readonly number[];
}

/** Sent once, before everything else. */
export interface ModelEvent {
  readonly name: string;
  readonly size: number;
  readonly inputSize: number;
}

/** File name of y_`step` of a portrait. */
export const stepFile = (portrait: number, step: number): string => `step-${portrait}-${step}`;
/** File name of a portrait after tuning. */
export const tunedFile = (portrait: number): string => `tuned-${portrait}`;
/** File name of one edited picture. */
export const editFile = (row: number, column: number): string => `edit-${row}-${column}`;
