/** How many parameters a design has: for the model at hand, and for the published generator of faces. */
import { readWidths } from '../../src/weights/architecture.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { fakeModel } from '../convert/fake-model.ts';
import { hypernetworkParameters } from '../tables/parameters.ts';
import type { VariantPlan } from './events.ts';
import { STUDIES, type Variant, variantsOf } from './variants.ts';

/** A design with its counts. */
export function describeVariant(source: WeightSource, variant: Variant): VariantPlan {
  const { study, name, passes, hypernetwork } = variant;
  const { architecture } = source;
  const widths = readWidths(source.tensors, architecture.hypernetwork);
  const faces = fakeModel('ffhq').architecture;
  const same = variantsOf(faces, STUDIES, Number.POSITIVE_INFINITY).find((each) => each.name === name);
  return {
    study,
    name,
    passes,
    layers: hypernetwork.tunedLayers.length,
    parameters: hypernetworkParameters({ ...architecture, hypernetwork }, widths),
    published: hypernetworkParameters({ ...faces, hypernetwork: same?.hypernetwork ?? faces.hypernetwork }),
  };
}
