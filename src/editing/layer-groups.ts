/**
 * Groups of generator layers by what they paint, and how much of a person's offsets each keeps. A strength of 0 is the
 * layer as the checkpoint has it, 1 the person's, beyond 1 exaggerates.
 */
import type { GeneratorLayer } from '../architecture.ts';
import { ensure } from '../errors.ts';

/** coarse: outputs of 4 and 8 pixels; medium: 16 and 32; fine: from 64; rgb: the toRGB layers of all sizes. */
export const LAYER_GROUPS = ['coarse', 'medium', 'fine', 'rgb'] as const;

/** A group's name. */
export type LayerGroup = (typeof LAYER_GROUPS)[number];

/** One factor for all layers, or one a group (1 where none is given). */
export type Strength = number | Readonly<Partial<Record<LayerGroup, number>>>;

/** Largest outputs in pixels of the coarse and the medium group. */
const [COARSE_PIXELS, MEDIUM_PIXELS] = [8, 32];

/** The group of a layer. */
export function layerGroup({ kind, resolution }: Pick<GeneratorLayer, 'kind' | 'resolution'>): LayerGroup {
  if (kind === 'rgb') return 'rgb';
  if (resolution <= COARSE_PIXELS) return 'coarse';
  return resolution <= MEDIUM_PIXELS ? 'medium' : 'fine';
}

/**
 * The factor of each layer in `layers`.
 * @throws `option` error for an unknown group or a factor that is no finite number
 */
export function strengths(
  layers: readonly Pick<GeneratorLayer, 'kind' | 'resolution'>[],
  strength: Strength = 1,
): Float32Array<ArrayBuffer> {
  if (typeof strength === 'number') {
    checkStrength('strength', strength);
    return new Float32Array(layers.length).fill(strength);
  }
  for (const [group, value] of Object.entries(strength)) {
    ensure(
      LAYER_GROUPS.some((known) => known === group),
      'option',
      () => `strength of "${group}": groups are ${LAYER_GROUPS.join(', ')}`,
    );
    checkStrength(`strength of ${group}`, value);
  }
  return Float32Array.from(layers, (layer) => strength[layerGroup(layer)] ?? 1);
}

function checkStrength(what: string, value: number): void {
  ensure(Number.isFinite(value), 'option', () => `${what} is ${value}, expected a finite number, 0 to 1.5`);
}
