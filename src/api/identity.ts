/**
 * A person as a file: codes w and Σ, about 37 KiB for the published model (19 in f16), instead of 90 MB of
 * offsets (design §4). The format is safetensors with the model's name and mark in the metadata.
 */
import { ensure, ensureOneOf, inWords } from '../errors.ts';
import type { HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { toHalf } from '../weights/half.ts';
import type { ModelMark } from './model-mark.ts';
import { IDENTITY_FORMAT, openPerson, type PersonTensor, writePerson } from './person-file.ts';
import type { PersonValues } from './public.ts';

/** Number formats of an identity file: exact, or half as large. */
const IDENTITY_TYPES = ['f32', 'f16'] as const;

/** Options of `Inversion.identity`. */
export interface IdentityOptions {
  /** `f32` (default) restores exactly this person; `f16` halves the file and is off by a few parts in ten thousand. */
  readonly dtype?: (typeof IDENTITY_TYPES)[number] | undefined;
  /** Whether the sums of earlier steps are written too, for `step` (default true); without them the file is T times smaller. */
  readonly history?: boolean | undefined;
}

/** f16 reaches this far. */
const LARGEST_HALF = 65504;

/** ReStyle-e4e's latents in a file; those of people who have none, and all older files, lack them. */
const RESTYLED = 'ReStyle latents';

/** The tensors every identity holds, by name. */
function layout(network: HyperStyleNetwork): Map<string, Tensor> {
  return new Map([['codes', network.state.base], ...network.sums.map((sum): [string, Tensor] => [sum.name, sum])]);
}

/** The tensors of earlier steps, step by step. */
function stepLayout({ sums }: HyperStyleNetwork, steps: number): [string, Tensor][] {
  return Array.from({ length: steps }, (_, t) =>
    sums.map((sum): [string, Tensor] => [`${sum.name} after step ${t + 1}`, sum]),
  ).flat();
}

/** The latents as they are kept: one row where all rows are equal, as those of an encoder for W are. */
function shortest(base: Float32Array, rowLength: number): Float32Array {
  return base.every((value, i) => value === base[i % rowLength]) ? base.subarray(0, rowLength) : base;
}

/**
 * Writes a person's values as a file of the model with that name and mark.
 * @throws `option` error for an unknown number format, `device` when a value is not finite
 */
export function encodeIdentity(
  network: HyperStyleNetwork,
  modelName: string,
  mark: ModelMark,
  values: PersonValues,
  { dtype = 'f32', history = true }: IdentityOptions = {},
): Uint8Array<ArrayBuffer> {
  ensureOneOf('dtype', dtype, IDENTITY_TYPES);
  const { styleDim } = network.architecture;
  const { base, sums, restyled } = values;
  const earlier = history ? (values.history ?? []) : [];
  const all = [shortest(base, styleDim), ...sums, ...earlier.flat(), ...(restyled ? [restyled] : [])];
  const named = [...layout(network), ...stepLayout(network, earlier.length)];
  if (restyled) named.push([RESTYLED, network.state.base]);
  const tensors = named.map(([name, { shape }], i): PersonTensor => {
    const data = all[i] ?? new Float32Array();
    expectFinite(name, data, 'device', 'the GPU computed nonsense: update its driver, then invert the photo again');
    const half = dtype === 'f16' && data.every((value) => Math.abs(value) <= LARGEST_HALF);
    const rows = i === 0 ? [data.length / styleDim, styleDim] : shape;
    return { name, shape: rows, dtype: half ? 'f16' : 'f32', data: half ? toHalf(data) : data };
  });
  return writePerson({ name: modelName, mark }, { format: IDENTITY_FORMAT, steps: values.steps }, tensors);
}

/** A person of whom one number is none would be drawn as noise, or not at all. */
function expectFinite(name: string, values: Float32Array, code: 'device' | 'file', repair: string): void {
  ensure(
    values.every(Number.isFinite),
    code,
    () => `identity: "${name}" holds ${values.find((value) => !Number.isFinite(value))}: ${repair}`,
  );
}

/**
 * Reads a person's values back.
 * @param mark of the model that shall show them
 * @throws `file` error when the bytes are no identity, `model` when the mark is another one
 */
export async function decodeIdentity(
  network: HyperStyleNetwork,
  mark: ModelMark,
  bytes: Uint8Array,
): Promise<PersonValues> {
  const { tensors, steps } = await openPerson(bytes, 'identity', {
    format: IDENTITY_FORMAT,
    mark,
    origin: 'identity()',
  });
  const { styleDim } = network.architecture;
  const read = async (name: string, of: Tensor): Promise<Float32Array> => {
    const values = (await tensors.get(name)?.read()) ?? new Float32Array();
    const count = elementCount(of.shape);
    const one = of === network.state.base && values.length === styleDim; // one row for all
    ensure(
      one || values.length === count,
      'file',
      () => `identity: tensor "${name}" has ${values.length} values, expected ${count}; save it again`,
    );
    expectFinite(name, values, 'file', 'the file is damaged; save it again');
    return one ? Float32Array.from({ length: count }, (_, i) => values[i % styleDim] ?? 0) : values;
  };
  const [base, ...sums] = await Promise.all([...layout(network)].map(([name, of]) => read(name, of)));
  const history: Float32Array[][] = [];
  for (let t = 1; t < steps; t++) {
    const entries = stepLayout(network, t).slice(-network.sums.length);
    if (entries.some(([name]) => !tensors.has(name))) break;
    history.push(await Promise.all(entries.map(([name, of]) => read(name, of))));
  }
  const restyled = tensors.has(RESTYLED) ? await read(RESTYLED, network.state.base) : undefined;
  return {
    base: base ?? new Float32Array(),
    sums,
    steps,
    ...(history.length > 0 && { history }),
    ...(restyled && { restyled }),
  };
}

/**
 * A copy of a person's values for this model, e.g. a mix of several people.
 * @throws `option` error when a length is wrong, a number not finite or `steps` no whole number
 */
export function checkPersonValues(network: HyperStyleNetwork, given: PersonValues): PersonValues {
  const { base, sums, steps, restyled } = given;
  /** A copy of numbers of a tensor's shape. */
  const checked = (name: string, { shape }: Tensor, numbers: unknown): Float32Array => {
    ensure(
      numbers instanceof Float32Array && numbers.length === elementCount(shape),
      'option',
      () =>
        `a person's "${name}" is ${inWords(numbers)}, expected ${elementCount(shape)} numbers [${shape.join(', ')}]`,
    );
    ensure(
      numbers.every(Number.isFinite),
      'option',
      () =>
        `a person's "${name}" holds ${numbers.find((value) => !Number.isFinite(value))}: every number must be finite`,
    );
    return numbers.slice();
  };
  const copies = [...layout(network)].map(([name, of], i) => checked(name, of, i === 0 ? base : sums[i - 1]));
  ensure(
    Number.isInteger(steps) && steps >= 0,
    'option',
    () => `a person's steps is ${inWords(steps)}, expected a whole number`,
  );
  const [latents = new Float32Array(), ...rest] = copies;
  const history = (given.history ?? []).map((kept, t) =>
    network.sums.map((sum, i) => checked(`${sum.name} after step ${t + 1}`, sum, kept[i])),
  );
  return {
    base: latents,
    sums: rest,
    steps,
    ...(history.length > 0 && { history }),
    ...(restyled && { restyled: checked(RESTYLED, network.state.base, restyled) }),
  };
}
