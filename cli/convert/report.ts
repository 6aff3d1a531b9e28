/** What the converter prints: the plan, and a progress bar. */
import { type Architecture, generatorLayers, type TrunkArchitecture } from '../../src/architecture.ts';
import { ProgressMeter } from '../../src/weights/progress.ts';
import type { Conversion } from './conversion.ts';

/** `664.9 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function trunk(trunk: TrunkArchitecture): string {
  return `stem ${trunk.stem}, ${trunk.widths.map((width, i) => `${trunk.units[i]}x${width}`).join(' ')}`;
}

/** The architecture, the folder's size and what it needs on a GPU. */
export function describeConversion({ model, dtype, tensors, shards, parameters, bytes }: Conversion): string {
  const arch = model.architecture;
  const rows: [string, string][] = [
    ['generator', `${arch.size} px, w ${arch.styleDim} x ${arch.latentCount}, mapping ${arch.mappingLayers} layers`],
    [
      'channels',
      Object.entries(arch.channels)
        .map(([side, width]) => `${side}:${width}`)
        .join(' '),
    ],
    ['reads', `${arch.inputSize} px${arch.cropRows ? `, rows ${arch.cropRows.join(' to ')}` : ''}`],
    ['encoder', arch.encoder ? trunk(arch.encoder) : 'none'],
    ['hypernetwork', describeHypernetwork(arch)],
    ['parameters', `${(parameters / 1e6).toFixed(2)} M in ${model.tensors.size} tensors`],
    ['download', `${megabytes(bytes)} as ${dtype}, ${shards.length} shards, ${tensors.length} tensors`],
    [
      'GPU memory',
      `${megabytes(bytes)} to ${megabytes(4 * parameters)} of weights (as stored, all in f32), largest activation ${megabytes(largestActivation(arch))}`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}`).join('\n');
}

function describeHypernetwork(arch: Architecture): string {
  const hyper = arch.hypernetwork;
  if (!hyper) return 'none';
  const head = hyper.separable ? ', separable heads' : '';
  return `${trunk(hyper)}; tunes layers ${hyper.tunedLayers.join(',')} (shared head: ${hyper.sharedLayers.join(',')}), f = ${hyper.sharedTaps}${head}`;
}

function largestActivation(arch: Architecture): number {
  return Math.max(...generatorLayers(arch).map((layer) => 4 * layer.outChannels * layer.resolution ** 2));
}

/** A bar on a terminal; elsewhere a line every quarter, to `print`. Counts bytes of `total`. */
export function progressBar(
  label: string,
  total: number,
  print: (line: string) => void,
): { add(bytes: number): void; end(): void } {
  const terminal = process.stdout.isTTY;
  let quarter = 0;
  const meter = new ProgressMeter(total, ({ loadedBytes, bytesPerSecond, remainingSeconds }) => {
    const done = Math.min(1, loadedBytes / total);
    const rest = Number.isFinite(remainingSeconds) ? `${Math.ceil(remainingSeconds)} s left` : '';
    const line = `${label} ${(100 * done).toFixed(0).padStart(3)}%  ${megabytes(loadedBytes)} of ${megabytes(total)}  ${megabytes(bytesPerSecond)}/s  ${rest}`;
    if (terminal) {
      const bar = '█'.repeat(Math.round(20 * done)).padEnd(20, '░');
      process.stdout.write(`\r${bar} ${line}\x1b[K`);
    } else if (Math.floor(4 * done) > quarter) {
      quarter = Math.floor(4 * done);
      print(line);
    }
  });
  return { add: (bytes) => meter.add(label, bytes), end: () => void (terminal && process.stdout.write('\n')) };
}
