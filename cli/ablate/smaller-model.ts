/**
 * A model whose generator stops earlier: StyleGAN2 adds up its picture from size to size, so that what it has at 32
 * pixels is a small picture. For trainings at a small scale; its networks still read what they have learnt to read.
 */
import type { Architecture } from '../../src/architecture.ts';
import { ensure } from '../../src/errors.ts';
import type { Shape } from '../../src/tensor.ts';
import { readWidths } from '../../src/weights/architecture.ts';
import { layoutTensors } from '../../src/weights/layout.ts';
import { rowBytes } from '../../src/weights/shards.ts';
import { AVERAGE_LATENT } from '../../src/weights/unified-keys.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';

/**
 * The first layers of a model.
 * @param size a power of two from 8 to the model's own
 * @throws `option` error for another size, `model` for a model that crops its pictures
 */
export function smallerModel(source: WeightSource, size: number): WeightSource {
  const { architecture: own } = source;
  if (size === own.size) return source;
  ensure(
    Number.isInteger(Math.log2(size)) && size >= 8 && size <= own.size,
    'option',
    () => `--size ${size}: expected a power of two from 8 to ${own.size}, what the model makes`,
  );
  ensure(!own.cropRows, 'model', () => `${source.name}: --size is for models of square pictures`);
  const architecture = smallerArchitecture(own, size);
  const widths = readWidths(source.tensors, own.hypernetwork);
  const names = new Set([AVERAGE_LATENT, ...[...layoutTensors(architecture, widths)].map(({ name }) => name)]);
  const isKept = (name: string): boolean => names.has(name.replace(/\.scale$/, ''));
  const shapeOf = ({ name, shape }: TensorInfo): Shape =>
    name === AVERAGE_LATENT ? [architecture.latentCount, ...shape.slice(1)] : shape;
  const kept = [...source.tensors.values()].filter(({ name }) => isKept(name));
  const infos = new Map(kept.map((info) => [info.name, { ...info, shape: shapeOf(info) }]));
  const { directions } = source;
  return {
    name: `${source.name} at ${size} px`,
    architecture,
    tensors: infos,
    totalBytes: source.totalBytes,
    ...(directions && { directions }),
    async stream(visit, options) {
      await source.stream((info, bytes, row) => {
        const wanted = infos.get(info.name);
        if (!wanted) return undefined;
        if (info.name !== AVERAGE_LATENT) return visit(wanted, bytes, row);
        return visit(wanted, bytes.subarray(0, architecture.latentCount * rowBytes(info)), row);
      }, options);
    },
  };
}

function smallerArchitecture(own: Architecture, size: number): Architecture {
  const channels = Object.fromEntries(Object.entries(own.channels).filter(([side]) => Number(side) <= size));
  const layers = 3 * Math.log2(size) - 4; // conv1 and its toRGB, then three a size
  const isThere = (layer: number): boolean => layer < layers;
  const { hypernetwork } = own;
  return {
    ...own,
    size,
    channels,
    latentCount: 2 * Math.log2(size) - 2,
    hypernetwork: hypernetwork && {
      ...hypernetwork,
      tunedLayers: hypernetwork.tunedLayers.filter(isThere),
      sharedLayers: hypernetwork.sharedLayers.filter(isThere),
    },
  };
}
