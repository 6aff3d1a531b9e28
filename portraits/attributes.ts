/**
 * The names behind the two vectors that describe a clay portrait: 24 attributes the generator was trained on and 24
 * draws for accessories it never saw. Orders are those of the training script's `ATTRS` and `acc`.
 */
import { ensure } from '../src/errors.ts';

/** What a sitter looks like, in the order of the attribute vector; every value in [0, 1]. */
export const ATTRIBUTE_NAMES = [
  'yaw',
  'pitch',
  'face_width',
  'face_height',
  'skin_tone',
  'skin_hue',
  'hair_color',
  'hairline',
  'hair_length',
  'hair_volume',
  'eye_size',
  'eye_color',
  'eye_open',
  'brow_height',
  'brow_tilt',
  'smile',
  'mouth_width',
  'mouth_open',
  'nose_size',
  'light',
  'bg_hue',
  'bg_light',
  'clothes_hue',
  'blush',
] as const;

/** What a sitter may wear, in the order of the accessory vector. The entries of {@link WORN_BELOW} switch items on. */
export const ACCESSORY_NAMES = [
  'stripes',
  'stripesAngle',
  'stripesFrequency',
  'stripesHue',
  'freckles',
  'frecklesPhase',
  'paint',
  'paintSide',
  'paintSlant',
  'paintHue',
  'glasses',
  'glassesRadius',
  'glassesThickness',
  'glassesSquareness',
  'glassesHue',
  'glassesValue',
  'darkLenses',
  'earrings',
  'earringsHue',
  'earringsSize',
  'hat',
  'hatHue',
  'hatValue',
  'hatBrim',
] as const;

/** An item is worn when its draw falls below this share; dark lenses also need glasses. */
export const WORN_BELOW = {
  stripes: 0.4,
  freckles: 0.4,
  paint: 0.35,
  glasses: 0.5,
  darkLenses: 0.35,
  earrings: 0.35,
  hat: 0.3,
} as const;

/** An attribute vector by name. */
export type Attributes = Readonly<Record<(typeof ATTRIBUTE_NAMES)[number], number>>;
/** An accessory vector by name. */
export type Accessories = Readonly<Record<(typeof ACCESSORY_NAMES)[number], number>>;

/** Whether `item` of an accessory vector is worn. */
export function wears(accessories: Accessories, item: keyof typeof WORN_BELOW): boolean {
  return accessories[item] < WORN_BELOW[item];
}

/** Names the 24 entries of an attribute vector. @throws `option` error unless there are 24 finite numbers. */
export function nameAttributes(vector: Float32Array): Attributes {
  return named('attributes', ATTRIBUTE_NAMES, vector);
}

/** Names the 24 entries of an accessory vector. @throws `option` error unless there are 24 finite numbers. */
export function nameAccessories(vector: Float32Array): Accessories {
  return named('accessories', ACCESSORY_NAMES, vector);
}

function named<Name extends string>(role: string, names: readonly Name[], vector: Float32Array): Record<Name, number> {
  ensure(
    vector.length === names.length && vector.every(Number.isFinite),
    'option',
    () => `portrait ${role}: expects ${names.length} finite numbers in [0, 1], got ${vector.length}: [${vector}]`,
  );
  return Object.fromEntries(names.map((name, i) => [name, vector[i]])) as Record<Name, number>;
}
