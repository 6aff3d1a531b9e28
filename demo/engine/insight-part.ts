/** The engine's section for the curious: which layers of the generator moved, what runs, and how long each part of it takes. */
import type { LayerFacts, LayerMove, Look } from './facts.ts';
import type { Session } from './session.ts';

/** Layers of a StyleGAN2 generator in the order in which offsets are counted: per resolution a convolution or two, then toRGB. */
export function layersOf(size: number): LayerFacts[] {
  const layers: LayerFacts[] = [
    { kind: 'conv', resolution: 4 },
    { kind: 'rgb', resolution: 4 },
  ];
  for (let resolution = 8; resolution <= size; resolution *= 2) {
    layers.push({ kind: 'conv', resolution }, { kind: 'conv', resolution }, { kind: 'rgb', resolution });
  }
  return layers;
}

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
      const layers = layersOf(model.architecture.size);
      const offsets = await inversion.weightOffsets({ strength, step });
      return [...offsets].flatMap(([index, values]) => {
        const layer = layers[index];
        return layer ? [{ ...layer, index, mean: meanMagnitude(values) }] : [];
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
