/** Edits as callers write them down: amounts of directions by name. What they come to is added up in `../api/edits.ts`. */
import type { Direction } from './direction.ts';

/** An edit of some layers only: rows `[from, to)` of the W+ latent (coarse first; structure below about 8, colours above). */
export interface LayerEdit {
  /** In standard deviations of the attribute, about -3 to 3. */
  readonly amount: number;
  /** The direction's own layers, usually all, when absent; edits of styles have channels instead. */
  readonly layers?: readonly [from: number, to: number] | undefined;
  /** StyleCLIP's threshold β: channels of less relevance to the phrase stay. */
  readonly beta?: number | undefined;
}

/** Amounts by direction name, in standard deviations of the attribute (about -3 to 3), for all layers or some. */
export type Edits = Readonly<Record<string, number | LayerEdit>>;

/** Vectors in W, each `[styleDim]`, as directions by name: those that come with a model. */
export function latentDirections(named: ReadonlyMap<string, Float32Array>): Map<string, Direction> {
  const directions = [...named].map(([name, values]): [string, Direction] => [
    name,
    { kind: 'latent', name, vectors: 1, values: Float32Array.from(values) },
  ]);
  return new Map(directions);
}
