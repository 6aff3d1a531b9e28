/** The engine's section for the curious: which layers of the generator moved. */
import { generatorLayers } from '../../src/index.ts';
import type { LayerMove, Look } from './facts.ts';
import type { Session } from './session.ts';

/** Looks into the engine. */
export class InsightPart {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Mean |ΣΔ| of every tuned layer for the strength and the step that are shown. */
  async layerMoves({ strength, step }: Pick<Look, 'strength' | 'step'>): Promise<LayerMove[]> {
    return this.#session.after(async () => {
      const { inversion, model } = this.#session;
      const layers = generatorLayers(model.architecture);
      const offsets = await inversion.weightOffsets({ strength, step });
      return [...offsets].flatMap(([index, values]) => {
        const layer = layers[index];
        if (!layer) return [];
        const { kind, resolution } = layer;
        return [{ index, kind, resolution, mean: meanMagnitude(values) }];
      });
    });
  }
}

/** Mean of |x|. */
export function meanMagnitude(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return values.length > 0 ? sum / values.length : 0;
}
