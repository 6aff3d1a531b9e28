/**
 * How well a person can be edited after a method: how much of the identity stays as an edit grows (HyperStyle, §4), and
 * whether an edit can be taken back after the edited picture was inverted anew (latent editing consistency of e4e,
 * arXiv 2102.02766, §5).
 */
import type { Inversion, PivotedPerson, RgbaPixels } from '../../src/index.ts';
import { meanSquare } from '../../src/training/judge.ts';
import type { EditPlan, MeasuredEdit, Method, Values } from './events.ts';
import { IDENTITY_METRICS, type Meter } from './meter.ts';
import { type Bench, type Found, runMethod } from './methods.ts';

/** Methods whose codes are those of an encoder: of the others an edited picture would be searched for from nothing. */
const ENCODING: readonly Method[] = ['e4e', 'restyle', 'hyperstyle'];

type Somebody = Inversion | PivotedPerson;

/** The directions of a plan. */
export const directionsOf = ({ hs }: Bench, plan: EditPlan): readonly string[] =>
  plan.directions.length > 0 ? plan.directions : hs.directions.slice(0, DEFAULT_DIRECTIONS);
const DEFAULT_DIRECTIONS = 2;

/** The identity of a person under every edit of a plan; none where nothing measures identity. */
export async function measureEdits(
  bench: Bench,
  plan: EditPlan,
  { person }: Pick<Found, 'person'>,
  meter: Meter,
): Promise<MeasuredEdit[]> {
  const found: MeasuredEdit[] = [];
  if (!meter.metrics.some((name) => IDENTITY_METRICS.includes(name))) return found;
  const before = await person.picture.toFloats();
  for (const direction of directionsOf(bench, plan)) {
    for (const amount of plan.amounts) {
      bench.signal.throwIfAborted();
      const picture = await edited(person, direction, amount);
      const values = identityOf(await meter.measure(picture));
      found.push({ direction, amount, values, moved: meanSquare(picture, before) });
    }
  }
  return found;
}

function identityOf(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => IDENTITY_METRICS.includes(name)));
}

/** The picture of an edited person `[3, size, size]`. */
async function edited(person: Somebody, direction: string, amount: number): Promise<Float32Array> {
  await person.edit({ [direction]: amount });
  return person.picture.toFloats();
}

/**
 * The distance of codes from those that are found when the edited picture is inverted and the edit taken back.
 * @returns null for methods that search, and without directions
 */
export async function consistencyOf(
  bench: Bench,
  plan: EditPlan,
  method: Method,
  { person }: Pick<Found, 'person'>,
): Promise<number | null> {
  const [name] = directionsOf(bench, plan);
  const direction = name === undefined ? undefined : bench.hs.engine.directions.get(name);
  if (!ENCODING.includes(method) || name === undefined || !direction) return null;
  await person.edit({ [name]: plan.consistency });
  const picture: RgbaPixels = await person.toImageData();
  const again = await runMethod(bench, method, picture);
  try {
    const [codes, found] = [(await person.values()).base, (await again.person.values()).base];
    return codesApart(codes, found, direction, plan.consistency);
  } finally {
    again.person.dispose();
  }
}

/**
 * ‖codes − (found − amount · direction)‖ over all rows of the latents.
 * @param direction `[styleDim]`, the same for every row
 */
export function codesApart(codes: Float32Array, found: Float32Array, direction: Float32Array, amount: number): number {
  const squares = codes.reduce((sum, code, i) => {
    const back = (found[i] ?? 0) - amount * (direction[i % direction.length] ?? 0);
    return sum + (code - back) ** 2;
  }, 0);
  return Math.sqrt(squares);
}
