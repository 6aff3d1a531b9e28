/**
 * How many parameters a hypernetwork has, from its architecture alone: the published one for faces, and variants of it
 * that the method's ablation is about. Counted as PyTorch's `parameters()` does: no running statistics, what is shared
 * once.
 */
import { type Architecture, generatorLayers, type HypernetworkArchitecture } from '../../src/architecture.ts';
import { elementCount } from '../../src/tensor.ts';
import { layoutTensors, PUBLISHED_WIDTHS, type RefinementWidths, type TensorRole } from '../../src/weights/layout.ts';
import { withLayers } from '../ablate/variants.ts';
import { fakeModel } from '../convert/fake-model.ts';

/** A variant and its count. */
export interface ParameterRow {
  readonly name: string;
  readonly layers: number;
  readonly parameters: number;
}

/** What state_dict has besides parameters. */
const NO_PARAMETERS: readonly TensorRole[] = ['mean', 'variance', 'counter'];

/** Parameters of a hypernetwork. A shared head that no layer uses is none, though checkpoints have it. */
export function hypernetworkParameters(architecture: Architecture, widths = PUBLISHED_WIDTHS): number {
  const shares = (architecture.hypernetwork?.sharedLayers.length ?? 0) > 0;
  let count = 0;
  for (const { name, shape, role, aliasOf } of layoutTensors(architecture, widths)) {
    const isPart = name.startsWith('hypernet.') && (shares || !name.startsWith('hypernet.shared_'));
    if (isPart && !aliasOf && !NO_PARAMETERS.includes(role)) count += elementCount(shape);
  }
  return count;
}

/** Rows of the table for the published generator of faces, 1024 px. */
export function parameterTable(): ParameterRow[] {
  const { architecture } = fakeModel('ffhq');
  const { hypernetwork } = architecture;
  if (!hypernetwork) return [];
  const tuned = generatorLayers(architecture).filter(({ index }) => hypernetwork.tunedLayers.includes(index));
  const row = (name: string, changed: Partial<HypernetworkArchitecture>, widths = PUBLISHED_WIDTHS): ParameterRow => {
    const hyper = { ...hypernetwork, ...changed };
    const parameters = hypernetworkParameters({ ...architecture, hypernetwork: hyper }, widths);
    return { name, layers: hyper.tunedLayers.length, parameters };
  };
  const ofLayers = (letters: string): Partial<HypernetworkArchitecture> => withLayers(architecture, letters) ?? {};
  // a head of every tap has nine times the outputs of one that repeats an offset
  const outputs = tuned.reduce((sum, { inChannels, outChannels }) => sum + inChannels * outChannels, 0);
  const everyTap = (name: string, widths: RefinementWidths): ParameterRow => {
    const each = row(name, { sharedLayers: [] }, widths);
    return { ...each, parameters: each.parameters + 8 * outputs * (widths.code + 1) };
  };
  return [
    everyTap('every tap of every layer, a head each', PUBLISHED_WIDTHS),
    everyTap('the same with codes and convolutions of 128', { ...PUBLISHED_WIDTHS, inner: 128, code: 128 }),
    row('an offset a kernel, a head each', { sharedLayers: [] }),
    row('an offset a kernel, one head for the 512→512 layers', { sharedTaps: 1 }),
    row('as published: that head gives every tap', {}),
    row('separable heads, one shared', { separable: true }),
    row('coarse layers alone (to 8 px)', ofLayers('C')),
    row('medium layers alone (16 and 32 px)', ofLayers('M')),
    row('fine layers alone (from 64 px)', ofLayers('F')),
    row('all of them, and toRGB', ofLayers('CMFR')),
  ];
}
