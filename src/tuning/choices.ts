/** Measured choices as data (pure): which shapes there are, which choice won, and both as text for a cache. */
import type { ConvChoice, MeasuredChoices } from '../kernels/choose.ts';
import {
  CONV2D_VARIANTS,
  type Conv2dShape,
  type Conv2dVariant,
  type UpConvShape,
  type UpConvVariant,
  variantsOf,
} from '../kernels/rungs.ts';

/** A shape to choose for. */
export type Task =
  | { readonly family: 'conv2d'; readonly shape: Conv2dShape }
  | { readonly family: 'upConv'; readonly shape: UpConvShape };

/** A convolution's or an up-convolution's choice. */
export type AnyChoice = ConvChoice<Conv2dVariant | UpConvVariant>;

/** What one candidate took. */
export interface Measured {
  readonly choice: AnyChoice;
  readonly seconds: number;
}

/** Another choice must be faster than the rule's by this factor: less is noise, and rules do not change from load to load. */
const WORTH_IT = 1.05;

/** Names a shape. */
export function taskKey({ family, shape }: Task): string {
  const size = `${shape.inChannels}→${shape.outChannels} ${shape.spatial.join('×')}`;
  if (family === 'upConv') return `upConv ${size}`;
  return `conv2d ${size} /${shape.groups} k${shape.kernel} s${shape.stride}${shape.retuned ? ' retuned' : ''}`;
}

/** Multiply-adds of a shape, counted as two. */
export function taskFlops({ family, shape }: Task): number {
  const pairs = 2 * shape.inChannels * shape.outChannels * shape.spatial[0] * shape.spatial[1];
  return family === 'conv2d' ? (pairs * shape.kernel ** 2) / shape.groups : 9 * pairs;
}

/** Remembers which shapes a network asks about, and how often; answers none. */
export class ShapeCollector implements MeasuredChoices {
  readonly #tasks = new Map<string, { task: Task; uses: number }>();

  conv2d(shape: Conv2dShape): undefined {
    this.#add({ family: 'conv2d', shape });
  }

  upConv(shape: UpConvShape): undefined {
    this.#add({ family: 'upConv', shape });
  }

  /** Each shape once, the costliest of all its uses together first. */
  tasks(): Task[] {
    const cost = ({ task, uses }: { task: Task; uses: number }): number => taskFlops(task) * uses;
    return [...this.#tasks.values()].sort((a, b) => cost(b) - cost(a)).map(({ task }) => task);
  }

  #add(task: Task): void {
    const key = taskKey(task);
    this.#tasks.set(key, { task, uses: (this.#tasks.get(key)?.uses ?? 0) + 1 });
  }
}

const same = (a: AnyChoice, b: AnyChoice): boolean => a.variant === b.variant && a.product === b.product;

/** The fastest candidate, or the rule's where none is clearly faster. */
export function fastest(measured: readonly Measured[], rule: AnyChoice): AnyChoice {
  const usual = measured.find(({ choice }) => same(choice, rule))?.seconds ?? Number.POSITIVE_INFINITY;
  let best: Measured = { choice: rule, seconds: usual / WORTH_IT };
  for (const candidate of measured) if (candidate.seconds < best.seconds) best = candidate;
  return best.choice;
}

/** Choices by {@link taskKey}, as the op functions ask for them. */
export class ChoiceTable implements MeasuredChoices {
  readonly choices: ReadonlyMap<string, AnyChoice>;

  constructor(choices: ReadonlyMap<string, AnyChoice>) {
    this.choices = choices;
  }

  conv2d(shape: Conv2dShape): ConvChoice<Conv2dVariant> | undefined {
    return this.choices.get(taskKey({ family: 'conv2d', shape }));
  }

  upConv(shape: UpConvShape): ConvChoice<UpConvVariant> | undefined {
    return this.choices.get(taskKey({ family: 'upConv', shape })) as ConvChoice<UpConvVariant> | undefined;
  }

  /** As text for {@link parseChoices}. */
  toText(): string {
    return JSON.stringify([...this.choices]);
  }
}

/**
 * The table of {@link ChoiceTable.toText}, or undefined when the text is none, or names a kernel that this version does
 * not have: such a table was measured by another version, and is measured again. Whether a choice is valid for its
 * shape is checked by `choose.ts`.
 */
export function parseChoices(text: string): ChoiceTable | undefined {
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) && rows.every(isRow) ? new ChoiceTable(new Map(rows)) : undefined;
  } catch {
    return undefined;
  }
}

/** Kernels by the word that a {@link taskKey} begins with. */
const VARIANTS = new Map<string, readonly unknown[]>([
  ['conv2d', CONV2D_VARIANTS],
  ['upConv', variantsOf('upConv')],
]);

function isRow(row: unknown): row is [string, AnyChoice] {
  if (!Array.isArray(row) || typeof row[0] !== 'string') return false;
  const choice: unknown = row[1];
  if (typeof choice !== 'object' || choice === null || !('variant' in choice && 'product' in choice)) return false;
  const [family = ''] = row[0].split(' ');
  const products: readonly unknown[] = variantsOf('product');
  return VARIANTS.get(family)?.includes(choice.variant) === true && products.includes(choice.product);
}
