/** Sizes of the networks that the bench runs without their weights. */
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { type Architecture, generatorLayers } from '../../src/architecture.ts';
import type { RefinementWidths } from '../../src/weights/layout.ts';

/** The published face model: 1024 px, 332.66 M parameters. */
export const FACES_1024: Architecture = fakeModel('ffhq').architecture;

/** `peers/generator-256-quarter`: a 256-px generator of a quarter of the published widths. */
export const QUARTER_256: Pick<Architecture, 'size' | 'channels'> = {
  size: 256,
  channels: { 4: 128, 8: 128, 16: 128, 32: 128, 64: 128, 128: 64, 256: 32 },
};

/**
 * A whole model of one width at every resolution, whose encoder and hypernetwork read pictures as large as the generator
 * makes: every network's work is proportional to the number of pixels.
 */
export function uniformArchitecture(
  size: number,
  width: number,
): { architecture: Architecture; widths: RefinementWidths } {
  const channels: Record<string, number> = {};
  for (let at = 4; at <= size; at *= 2) channels[String(at)] = width;
  const layers = generatorLayers({ size, channels });
  const tunedLayers = layers.filter(({ kind }) => kind !== 'rgb').map(({ index }) => index);
  const trunk = { stem: width, widths: [width, width, width, width], units: [1, 1, 1, 1] };
  const architecture = {
    size,
    styleDim: width,
    mappingLayers: 2,
    latentCount: 2 * Math.log2(size) - 2,
    channels,
    inputSize: size,
    cropRows: null,
    encoder: trunk,
    hypernetwork: { ...trunk, tunedLayers, sharedLayers: tunedLayers, sharedTaps: 3 as const, separable: false },
  };
  return { architecture, widths: { sharedInner: width, inner: width, code: width } };
}
