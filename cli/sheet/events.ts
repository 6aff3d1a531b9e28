/** What `sheet`'s command and job tell each other. Cell C of row R is saved as `cell/R/C`, RGBA bytes. */
import type { CastParams } from '../people/cast.ts';
import type { Grid } from './grids.ts';

/** What the command passes; direction file N is mounted as `directionN`. */
export interface SheetParams extends CastParams {
  readonly grid: Grid;
  /** Steps of pivotal tuning. */
  readonly tuning: number;
  /** Names of the direction files. */
  readonly directions: readonly string[];
}

/** What the job emits. */
export type SheetEvent =
  | { readonly kind: 'pictures'; readonly width: number; readonly height: number }
  | { readonly kind: 'row'; readonly row: number };

/** Name of a cell's file. */
export const cellFile = (row: number, column: number): string => `cell/${row}/${column}`;
