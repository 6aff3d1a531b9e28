/**
 * The designs that the ablation compares, from a model's own: which layers get offsets, how many passes, whether layers
 * share a head, an offset for every tap or one a kernel, separable heads (pure).
 */
import { type Architecture, generatorLayers, type HypernetworkArchitecture } from '../../src/architecture.ts';
import { type LayerGroup, layerGroup } from '../../src/editing/layer-groups.ts';
import { ensure } from '../../src/errors.ts';

/** What is varied; `model` is the model's own design, which the others are compared with. */
export const STUDIES = ['model', 'layers', 'passes', 'heads', 'offsets', 'separable'] as const;
/** One of {@link STUDIES}. */
export type Study = (typeof STUDIES)[number];

/** One design. */
export interface Variant {
  readonly study: Study;
  readonly name: string;
  /** T. */
  readonly passes: number;
  readonly hypernetwork: HypernetworkArchitecture;
}

/** Groups of layers by the paper's letters. */
const LETTERS: Readonly<Record<string, LayerGroup>> = { C: 'coarse', M: 'medium', F: 'fine', R: 'rgb' };
const LAYER_CHOICES = ['C', 'M', 'F', 'CM', 'MF', 'CMFR'];
const FEWER_PASSES = [1, 2, 3];

/**
 * A hypernetwork for the layers of some groups; those of them that shared a head still do.
 * @param letters of C, M, F, R
 */
export function withLayers(architecture: Architecture, letters: string): HypernetworkArchitecture | undefined {
  const { hypernetwork } = architecture;
  if (!hypernetwork) return undefined;
  const groups = [...letters].map((letter) => LETTERS[letter]);
  const tunedLayers = generatorLayers(architecture).flatMap((layer) =>
    groups.includes(layerGroup(layer)) ? [layer.index] : [],
  );
  const sharedLayers = hypernetwork.sharedLayers.filter((layer) => tunedLayers.includes(layer));
  return tunedLayers.length > 0 ? { ...hypernetwork, tunedLayers, sharedLayers } : undefined;
}

const layersName = (letters: string): string => `layers ${[...letters].join(', ')}`;

/**
 * Every design of some studies, the model's own first. Choices of layers that come to the same in this model are there once.
 * @param passes T of the designs that do not vary it
 * @throws `model` error for a model without a hypernetwork
 */
export function variantsOf(architecture: Architecture, studies: readonly Study[], passes: number): Variant[] {
  const { hypernetwork: own } = architecture;
  ensure(own, 'model', 'the model has no hypernetwork to vary');
  const of = (study: Study, name: string, changed: Partial<HypernetworkArchitecture>, t = passes): Variant => ({
    study,
    name,
    passes: t,
    hypernetwork: { ...own, ...changed },
  });
  const seen = new Set([own.tunedLayers.join()]);
  const all: readonly Variant[] = [
    of('model', "the model's own design", {}),
    ...LAYER_CHOICES.flatMap((letters) => {
      const hypernetwork = withLayers(architecture, letters);
      const isNew = hypernetwork && !seen.has(hypernetwork.tunedLayers.join());
      if (!isNew) return [];
      seen.add(hypernetwork.tunedLayers.join());
      return [of('layers', layersName(letters), hypernetwork)];
    }),
    ...FEWER_PASSES.filter((t) => t < passes).map((t) => of('passes', `T = ${t}`, {}, t)),
    of('heads', 'a head each', { sharedLayers: [] }),
    of('offsets', 'an offset a kernel', { sharedTaps: 1 }),
    of('separable', 'separable heads', { separable: true }),
  ];
  return all.filter(({ study }) => study === 'model' || studies.includes(study));
}
