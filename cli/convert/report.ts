/** What the converter prints: the plan, and how far it is. */

import { type Architecture, inputShape, type TrunkArchitecture } from '../../src/architecture.ts';
import type { Conversion } from '../../src/convert/conversion.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { RestyleNetwork } from '../../src/method/restyle.ts';
import { E4eEncoderNetwork } from '../../src/models/e4e-encoder.ts';
import { memoryNeed } from '../../src/runtime/memory-need.ts';
import type { Network } from '../../src/runtime/network.ts';
import { tensor } from '../../src/tensor.ts';
import { PICTURE_CHANNELS } from '../../src/weights/layout.ts';
import { LATENT_ENCODERS } from '../../src/weights/networks.ts';
import { ProgressMeter } from '../../src/weights/progress.ts';
import type { UnifiedModel } from '../../src/weights/unify.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';
import { terminalBar } from '../terminal.ts';

/** `664.9 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function trunk(trunk: TrunkArchitecture): string {
  return `stem ${trunk.stem}, ${trunk.widths.map((width, i) => `${trunk.units[i]}x${width}`).join(' ')}`;
}

/** The architecture, the folder's size and what it needs on a GPU. */
export async function describeConversion(conversion: Conversion): Promise<string> {
  const { model, dtype, tensors, shards, parameters, bytes } = conversion;
  const arch = model.architecture;
  const infos = new Map(tensors.map((info) => [info.name, info]));
  const need = await memoryNeed(networkOf(model, infos), { minUniformBufferOffsetAlignment: 256 });
  const rows: [string, string][] = [
    ['generator', `${arch.size} px, w ${arch.styleDim} x ${arch.latentCount}, mapping ${arch.mappingLayers} layers`],
    [
      'channels',
      Object.entries(arch.channels)
        .map(([side, width]) => `${side}:${width}`)
        .join(' '),
    ],
    ['reads', `${arch.inputSize} px${arch.cropRows ? `, rows ${arch.cropRows.join(' to ')}` : ''}`],
    ...describeEncoders(model),
    ['parameters', `${(parameters / 1e6).toFixed(2)} M in ${model.tensors.size} tensors`],
    ['download', `${megabytes(bytes)} as ${dtype}, ${shards.length} shards, ${tensors.length} tensors`],
    [
      'GPU memory',
      `${megabytes(need.weights)} of weights, ${megabytes(need.activations)} of activations, ${megabytes(need.loading)} more while loading`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}`).join('\n');
}

/** The model as it would be mounted; of e4e that is its encoder alone. */
function networkOf({ architecture, latentEncoder }: UnifiedModel, tensors: Map<string, TensorInfo>): Network {
  if (!latentEncoder) return new HyperStyleNetwork({ architecture, tensors }, DEFAULT_FACTS);
  const source = { architecture: latentEncoder.architecture, tensors };
  if (latentEncoder.kind === 'restyle') return new RestyleNetwork(source, DEFAULT_FACTS);
  const x = tensor('x', [PICTURE_CHANNELS, ...inputShape(architecture)]);
  return new E4eEncoderNetwork(source, x, DEFAULT_FACTS);
}

function describeEncoders({ architecture, latentEncoder }: UnifiedModel): [string, string][] {
  if (latentEncoder) {
    const { kind, architecture: sizes } = latentEncoder;
    return [[LATENT_ENCODERS[kind].title, `${trunk(sizes.encoder)}, ${sizes.latentCount} heads`]];
  }
  const { encoder } = architecture;
  return [
    ['encoder', encoder ? trunk(encoder) : 'none'],
    ['hypernetwork', describeHypernetwork(architecture)],
  ];
}

function describeHypernetwork(arch: Architecture): string {
  const hyper = arch.hypernetwork;
  if (!hyper) return 'none';
  const head = hyper.separable ? ', separable heads' : '';
  return `${trunk(hyper)}; tunes layers ${hyper.tunedLayers.join(',')} (shared head: ${hyper.sharedLayers.join(',')}), f = ${hyper.sharedTaps}${head}`;
}

/** A bar on a terminal; elsewhere a line every quarter, to `print`. Counts bytes of `total`. */
export function progressBar(
  label: string,
  total: number,
  print: (line: string) => void,
): { add(bytes: number): void; end(): void } {
  const bar = terminalBar(total);
  let quarter = 0;
  const meter = new ProgressMeter(total, ({ loadedBytes, bytesPerSecond, remainingSeconds }) => {
    const done = Math.min(1, loadedBytes / total);
    const rest = Number.isFinite(remainingSeconds) ? `${Math.ceil(remainingSeconds)} s left` : '';
    const line = `${label} ${(100 * done).toFixed(0).padStart(3)}%  ${megabytes(loadedBytes)} of ${megabytes(total)}  ${megabytes(bytesPerSecond)}/s  ${rest}`;
    if (bar) bar.show(loadedBytes, line);
    else if (Math.floor(4 * done) > quarter) {
      quarter = Math.floor(4 * done);
      print(line);
    }
  });
  return { add: (bytes) => meter.add(label, bytes), end: () => bar?.end() };
}
