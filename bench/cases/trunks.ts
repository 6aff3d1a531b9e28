/** Cases of the encoder's and the hypernetwork's convolutions, equal shapes once with their number. */
import type { HypernetworkArchitecture, TrunkArchitecture } from '../../src/architecture.ts';
import type { RefinementWidths } from '../../src/weights/layout.ts';
import type { KernelCase } from './case.ts';
import { type ConvSpec, convCase } from './convolution.ts';

type Unnamed = Omit<ConvSpec, 'network' | 'count'>;

/** Cases of `convolutions`, one for each distinct shape. */
function distinct(network: string, convolutions: readonly Unnamed[]): KernelCase[] {
  const found = new Map<string, { first: Unnamed; count: number }>();
  for (const conv of convolutions) {
    const { name: _, ...shape } = conv;
    const key = JSON.stringify(shape);
    const entry = found.get(key) ?? { first: conv, count: 0 };
    entry.count++;
    found.set(key, entry);
  }
  return [...found.values()].map(({ first, count }) => convCase({ ...first, network, count }));
}

/** The W encoder: stem, IR-SE units (BN, conv3x3, PReLU, conv3x3(stride), BN), wider shortcuts. */
export function encoderCases(trunk: TrunkArchitecture, inputSize: number): KernelCase[] {
  const at = { kernel: 3, stride: 1, size: inputSize } as const;
  const convolutions: Unnamed[] = [
    { ...at, name: 'input_layer', inChannels: 3, outChannels: trunk.stem, surroundings: 'normAfter' },
  ];
  let [width, size, unit] = [trunk.stem, inputSize, 0];
  trunk.widths.forEach((outChannels, stage) => {
    for (let i = 0; i < (trunk.units[stage] ?? 0); i++, unit++) {
      const stride = i === 0 ? 2 : 1;
      const name = `body.${unit}`;
      const down = { stride, size: size / stride, outChannels } as const;
      convolutions.push(
        { name: `${name}.1`, kernel: 3, stride: 1, size, inChannels: width, outChannels, surroundings: 'normBefore' },
        { ...down, name: `${name}.3`, kernel: 3, inChannels: outChannels, surroundings: 'normAfter' },
      );
      if (width !== outChannels) {
        convolutions.push({
          ...down,
          name: `${name} shortcut`,
          kernel: 1,
          inChannels: width,
          surroundings: 'normAfter',
        });
      }
      [width, size] = [outChannels, size / stride];
    }
  });
  return distinct('encoder', convolutions);
}

/** The hypernetwork's trunk: conv7x7(stride 2) and ResNet units without max-pool. */
function trunkConvolutions(trunk: TrunkArchitecture, inputSize: number): { list: Unnamed[]; size: number } {
  let [width, size, unit] = [trunk.stem, inputSize / 2, 0];
  const list: Unnamed[] = [
    { name: 'stem', kernel: 7, stride: 2, size, inChannels: 6, outChannels: width, surroundings: 'normAfter' },
  ];
  trunk.widths.forEach((outChannels, stage) => {
    for (let i = 0; i < (trunk.units[stage] ?? 0); i++, unit++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      size /= stride;
      const at = { size, outChannels, surroundings: 'normAfter' } as const;
      list.push(
        { ...at, name: `body.${unit}.1`, kernel: 3, stride, inChannels: width },
        { ...at, name: `body.${unit}.2`, kernel: 3, stride: 1, inChannels: outChannels },
      );
      if (width !== outChannels || stride > 1) {
        list.push({ ...at, name: `body.${unit} shortcut`, kernel: 1, stride, inChannels: width });
      }
      width = outChannels;
    }
  });
  return { list, size };
}

/** Refinement blocks of one form, run as one wide and then grouped convolutions down to `last` pixels. */
function blockConvolutions(
  form: { readonly name: string; readonly blocks: number; readonly from: number; readonly widths: readonly number[] },
  features: number,
  strides: readonly (1 | 2)[],
): Unnamed[] {
  let size = form.from;
  let width = features;
  return form.widths.map((out, i) => {
    const stride = strides[i] ?? 2;
    size = Math.ceil(size / stride);
    const inChannels = i === 0 ? features : width * form.blocks;
    width = out;
    return {
      name: `${form.name}.${i}`,
      kernel: 3,
      stride,
      groups: i === 0 ? 1 : form.blocks,
      inChannels,
      outChannels: out * form.blocks,
      size,
      surroundings: 'bias',
    };
  });
}

/** Trunk and refinement blocks of the hypernetwork; its heads are in `heads.ts`. */
export function hypernetworkCases(
  hyper: HypernetworkArchitecture,
  widths: RefinementWidths,
  inputSize: number,
): KernelCase[] {
  const { list, size } = trunkConvolutions(hyper, inputSize);
  const features = hyper.widths.at(-1) ?? 0;
  const plain = hyper.tunedLayers.length - hyper.sharedLayers.length;
  const { sharedInner, inner, code } = widths;
  const halves = Math.round(Math.log2(size));
  const sharedWidths = [...Array<number>(halves).fill(sharedInner), code];
  const shared = { name: 'shared blocks', blocks: hyper.sharedLayers.length, from: size, widths: sharedWidths };
  const others = { name: 'plain blocks', blocks: plain, from: size, widths: [inner, inner, code] };
  return distinct('hypernetwork', [
    ...list,
    ...(shared.blocks > 0 ? blockConvolutions(shared, features, [1]) : []),
    ...(plain > 0 ? blockConvolutions(others, features, [2]) : []),
  ]);
}
