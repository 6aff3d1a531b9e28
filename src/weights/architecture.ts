/**
 * The {@link Architecture} of a checkpoint, read from its tensors' shapes; `opts.arch` or the published models' fixed
 * stages say only what shapes cannot (design §3): units a stage, reading size, crop.
 */
import type { Architecture, GeneratorSizes, HypernetworkArchitecture, TrunkArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import {
  isUsed,
  type LayoutTensor,
  layoutTensors,
  PUBLISHED_WIDTHS,
  type RefinementWidths,
  type TensorRole,
} from './layout.ts';

/** Names and shapes, as a checkpoint or a manifest has them. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: Shape }>;

const PUBLISHED_UNITS = { encoder: [3, 4, 14, 3], hypernetwork: [3, 4, 6, 3] };
const PUBLISHED_INPUT = 256;
/** Cars are read at 192x256: rows 32 to 224 of the 256-px square. */
const CARS_ROWS: readonly [number, number] = [32, 224];

/**
 * Reads the architecture and checks every tensor against it.
 * @param file name for error messages
 * @param tensors unified keys: `hypernet.*`, `decoder.*`, `encoder.*`, `latent_avg`
 * @param opts the checkpoint's options
 * @param encoderFile name of the file that the encoder's tensors come from
 * @throws `model` error when it is no network we know, `tensor` error when one is missing or has another shape
 */
export function readArchitecture(
  file: string,
  tensors: TensorShapes,
  opts: Readonly<Record<string, unknown>>,
  encoderFile = file,
): Architecture {
  const arch = isRecord(opts.arch) ? opts.arch : {};
  const generator = readGenerator(file, tensors);
  const architecture: Architecture = {
    ...generator,
    ...readReading(file, opts),
    encoder: tensors.has('encoder.input_layer.0.weight')
      ? readTrunk(encoderFile, tensors, 'encoder', arch.enc_units)
      : null,
    hypernetwork: tensors.has('hypernet.conv1.weight')
      ? readHypernetwork(file, tensors, generator, arch.hyper_units)
      : null,
  };
  checkInputSize(file, architecture, tensors);
  const widths = readWidths(tensors, architecture.hypernetwork);
  checkTensors({ file, encoderFile }, layoutTensors(architecture, widths), tensors);
  return architecture;
}

/** Side and rows of the pictures that encoders read. @throws `model` error for sizes that cannot be */
export function readReading(
  file: string,
  opts: Readonly<Record<string, unknown>>,
): Pick<Architecture, 'inputSize' | 'cropRows'> {
  const arch = isRecord(opts.arch) ? opts.arch : {};
  const cars = typeof opts.dataset_type === 'string' && opts.dataset_type.includes('cars');
  const inputSize = arch.input_size === undefined ? PUBLISHED_INPUT : arch.input_size;
  const cropRows = arch.crop_rows === undefined ? (cars ? CARS_ROWS : null) : arch.crop_rows;
  ensure(
    isInputSize(inputSize),
    'model',
    () => `${file}: opts.arch.input_size is ${JSON.stringify(inputSize)}, expected 16 to 4096 pixels, such as 256`,
  );
  ensure(
    cropRows === null || isRowRange(cropRows, inputSize),
    'model',
    () =>
      `${file}: opts.arch.crop_rows is ${JSON.stringify(cropRows)}, expected two rows from 0 to ${inputSize}, or none`,
  );
  return { inputSize, cropRows };
}

/** Widths of the refinement blocks, from the first block of each kind. */
export function readWidths(tensors: TensorShapes, hyper: HypernetworkArchitecture | null): RefinementWidths {
  const first = (index: number | undefined): number | undefined =>
    tensors.get(`hypernet.refinement_blocks.${index}.convs.0.weight`)?.shape[0];
  const other = hyper?.tunedLayers.find((layer) => !hyper.sharedLayers.includes(layer));
  return {
    sharedInner: first(hyper?.sharedLayers[0]) ?? PUBLISHED_WIDTHS.sharedInner,
    inner: first(other) ?? PUBLISHED_WIDTHS.inner,
    code: tensors.get('hypernet.shared_weight_hypernet.w2')?.shape[0] ?? PUBLISHED_WIDTHS.code,
  };
}

/** Roles that a checkpoint may lack as a whole: noise was not always saved, and the converter can make it. */
const OPTIONAL: readonly TensorRole[] = ['noise', 'noise-strength'];

/** @throws `tensor` error for the first tensor that is missing or has another shape */
export function checkTensors(
  { file, encoderFile }: { readonly file: string; readonly encoderFile: string },
  expected: Iterable<LayoutTensor>,
  tensors: TensorShapes,
): void {
  const layout = [...expected].filter(isUsed);
  const absent = OPTIONAL.filter((role) => !layout.some((t) => t.role === role && tensors.has(t.name)));
  for (const { name, shape, role } of layout) {
    const found = tensors.get(name);
    if (!found && absent.includes(role)) continue;
    const where = name.startsWith('encoder.') ? encoderFile : file;
    ensure(
      found,
      'tensor',
      () => `${where}: tensor "${name}" [${shape}] is missing; the checkpoint is incomplete or of another architecture`,
    );
    ensure(
      found.shape.join() === shape.join(),
      'tensor',
      () =>
        `${where}: tensor "${name}" has shape [${found.shape}], the other tensors ask for [${shape}]; ` +
        'the checkpoint is of another architecture or corrupt',
    );
  }
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInputSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 16 && (value as number) <= 4096;
}

/** @throws `model` error when blocks that halve their features down to one pixel cannot arrive at one */
function checkInputSize(file: string, { inputSize, hypernetwork }: Architecture, tensors: TensorShapes): void {
  const averages = (layer: number): boolean => tensors.has(`hypernet.refinement_blocks.${layer}.output.1.weight`);
  const halved = hypernetwork?.tunedLayers.find((layer) => !averages(layer));
  ensure(
    halved === undefined || Number.isInteger(Math.log2(inputSize)),
    'model',
    () =>
      `${file}: opts.arch.input_size is ${inputSize}, ` +
      `but layer ${halved}'s refinement block halves its features down to 1x1; ` +
      'expected a power of two such as 256',
  );
}

function isRowRange(value: unknown, side: number): value is readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to] = value as unknown[];
  return (
    Number.isInteger(from) &&
    Number.isInteger(to) &&
    (from as number) >= 0 &&
    (from as number) < (to as number) &&
    (to as number) <= side
  );
}

/** A generator's sizes. @throws `tensor` error when there is none, `model` error for sizes that cannot be */
export function readGenerator(file: string, tensors: TensorShapes): GeneratorSizes {
  const shape = (name: string): Shape => {
    const found = tensors.get(name)?.shape;
    ensure(
      found,
      'tensor',
      () =>
        `${file}: tensor "${name}" is missing; expected a HyperStyle checkpoint (decoder.*) or a StyleGAN2 generator (g_ema)`,
    );
    return found;
  };
  const count = (pattern: (i: number) => string, from: number): number => {
    let i = from;
    while (i < 64 && tensors.has(pattern(i))) i++;
    return i - from;
  };
  const channels: Record<string, number> = { '4': shape('decoder.input.input')[1] ?? 0 };
  const levels = count((j) => `decoder.convs.${2 * j}.conv.weight`, 0);
  ensure(
    levels >= 1 && levels <= 9,
    'model',
    () =>
      `${file}: the generator has ${levels} upsampling layers, expected 1 (8 px) to 9 (2048 px); the checkpoint is incomplete`,
  );
  for (let j = 0; j < levels; j++) channels[String(8 * 2 ** j)] = shape(`decoder.convs.${2 * j}.conv.weight`)[1] ?? 0;
  return {
    size: 4 * 2 ** levels,
    styleDim: shape('decoder.conv1.conv.modulation.weight')[1] ?? 0,
    mappingLayers: count((i) => `decoder.style.${i}.weight`, 1),
    latentCount: 2 * (levels + 2) - 2,
    channels,
  };
}

/**
 * The width of every unit is a shape; where a stage begins is not always, hence `units`.
 * @throws `model` error when they do not add up
 */
export function readTrunk(
  file: string,
  tensors: TensorShapes,
  kind: 'encoder' | 'hypernetwork',
  units: unknown,
): TrunkArchitecture {
  const [stemKey, unitKey] =
    kind === 'encoder'
      ? (['encoder.input_layer.0.weight', (i: number) => `encoder.body.${i}.res_layer.3.weight`] as const)
      : (['hypernet.conv1.weight', (i: number) => `hypernet.body.${i}.conv2.weight`] as const);
  const found: number[] = [];
  for (let i = 0; i < 256; i++) {
    const width = tensors.get(unitKey(i))?.shape[0];
    if (width === undefined) break;
    found.push(width);
  }
  const stages = Array.isArray(units) ? (units as unknown[]) : PUBLISHED_UNITS[kind];
  const valid = stages.every((n): n is number => Number.isInteger(n) && (n as number) > 0);
  const total = valid ? stages.reduce((sum, n) => sum + n, 0) : 0;
  ensure(
    valid && total === found.length && total > 0,
    'model',
    () =>
      `${file}: the ${kind} has ${found.length} units, ` +
      `but ${units === undefined ? 'the published models have' : 'opts.arch says'} stages [${stages}]; ` +
      'store opts.arch with the checkpoint: {"enc_units": […], "hyper_units": […]}, ' +
      'units a stage (in safetensors as JSON text under "arch" in the metadata)',
  );
  let at = 0;
  const widths = stages.map((n) => {
    const width = found[at] ?? 0;
    at += n;
    return width;
  });
  return { stem: tensors.get(stemKey)?.shape[0] ?? 0, widths, units: stages };
}

function readHypernetwork(
  file: string,
  tensors: TensorShapes,
  generator: GeneratorSizes,
  units: unknown,
): HypernetworkArchitecture {
  const layers = 2 + 3 * (Math.log2(generator.size) - 2);
  const block = (index: number, part: string): boolean => tensors.has(`hypernet.refinement_blocks.${index}.${part}`);
  const tunedLayers = Array.from({ length: layers }, (_, i) => i).filter((i) => block(i, 'convs.0.weight'));
  ensure(
    tunedLayers.length > 0,
    'model',
    () =>
      `${file}: the hypernetwork tunes no layer (hypernet.refinement_blocks.* is missing); the checkpoint is incomplete`,
  );
  const head = tensors.get('hypernet.shared_weight_hypernet.w1')?.shape[1];
  const sharedLayers = tunedLayers.filter((i) => block(i, 'linear.weight'));
  const taps = Math.sqrt((head ?? 0) / (generator.channels['4'] ?? 1));
  ensure(
    taps === 1 || taps === 3,
    'model',
    () =>
      `${file}: the shared head's w1 has ${head} columns for ${generator.channels['4']} channels, ` +
      'expected 1 or 9 times as many; the checkpoint is of another architecture',
  );
  return {
    ...readTrunk(file, tensors, 'hypernetwork', units),
    tunedLayers,
    sharedLayers,
    sharedTaps: taps,
    separable: tunedLayers.some((i) => block(i, 'output.0.make_kernel_in.weight')),
  };
}
