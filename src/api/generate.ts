/** Pictures of nobody: what `generate` accepts, and how each kind of input enters the generator. */
import { ensure, inWords } from '../errors.ts';
import { gaussian } from '../gaussian.ts';
import type { Engine } from '../method/engine.ts';

/** Options of `HyperStyle.generate`: at most one of `seed`, `z`, `w` and `styles`. */
export interface GenerateOptions {
  /** Picks z, a whole number from 0 to 2³²−1; equal seeds give equal pictures. Default 0. */
  readonly seed?: number | undefined;
  /** z itself `[styleDim]`. */
  readonly z?: ArrayLike<number> | undefined;
  /** w for every layer `[styleDim]` (W), or one a layer `[latentCount · styleDim]` (W+); not truncated. */
  readonly w?: ArrayLike<number> | undefined;
  /** StyleSpace: one vector a generator layer in hypernetwork order, each as long as the layer has input channels. */
  readonly styles?: readonly ArrayLike<number>[] | undefined;
  /** ψ: 1 (default) keeps w, 0 gives the average picture. */
  readonly truncation?: number | undefined;
  /** `stored` (default) uses the checkpoint's noise maps, a whole number from 0 to 2³²−1 draws fresh ones from that seed. */
  readonly noise?: 'stored' | number | undefined;
}

/** Values of one input, checked. */
function values(what: string, input: ArrayLike<number>, lengths: readonly number[]): Float32Array<ArrayBuffer> {
  ensure(
    Array.isArray(input) || (ArrayBuffer.isView(input) && 'length' in input),
    'option',
    () => `${what} is ${inWords(input)}, expected ${lengths.join(' or ')} numbers`,
  );
  const all = Float32Array.from(input, Number);
  ensure(
    lengths.includes(all.length),
    'option',
    () => `${what} has ${all.length} numbers, this model needs ${lengths.join(' or ')}`,
  );
  ensure(
    all.every(Number.isFinite),
    'option',
    () => `${what} holds ${all.find((v) => !Number.isFinite(v))}: every number must be finite`,
  );
  return all;
}

/** Leaves the picture that `options` describe in the network's y. Runs inside the engine's `exclusive`. */
export function synthesize(engine: Engine, options: GenerateOptions): void {
  const { seed = 0, truncation = 1, noise = 'stored' } = options;
  const given = (['seed', 'z', 'w', 'styles'] as const).filter((name) => options[name] !== undefined);
  ensure(given.length <= 1, 'option', () => `generate got ${given.join(' and ')}: pass one of them`);
  ensure(
    Number.isFinite(truncation),
    'option',
    () => `truncation is ${inWords(truncation)}, expected a number, usually 0 to 1`,
  );
  checkSeed('seed', seed);
  if (noise !== 'stored') checkSeed('noise', noise, '"stored" or ');
  const { state } = engine.network;
  engine.run('unedited', 'untune');
  if (noise !== 'stored') {
    engine.write(state.noiseSeed, Uint32Array.of(noise));
    engine.run('freshNoise');
  }
  try {
    if (options.styles !== undefined) fromStyles(engine, options.styles);
    else if (options.w !== undefined) fromLatents(engine, options.w);
    else fromZ(engine, seed, options.z, truncation);
  } finally {
    if (noise !== 'stored') engine.run('storedNoise'); // what comes next expects it, a refused input or not
  }
}

function checkSeed(what: string, seed: unknown, words = ''): asserts seed is number {
  ensure(
    typeof seed === 'number' && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
    'option',
    () => `${what} is ${inWords(seed)}, expected ${words}a whole number from 0 to ${2 ** 32 - 1}`,
  );
}

function fromZ(engine: Engine, seed: number, z: ArrayLike<number> | undefined, truncation: number): void {
  const { state, architecture } = engine.network;
  const { styleDim } = architecture;
  engine.write(state.z, z !== undefined ? values('z', z, [styleDim]) : gaussian(seed, styleDim));
  engine.write(state.psi, Float32Array.of(truncation));
  engine.generate();
}

function fromLatents(engine: Engine, w: ArrayLike<number>): void {
  const { state, architecture } = engine.network;
  const { styleDim, latentCount } = architecture;
  const given = values('w', w, [styleDim, latentCount * styleDim]);
  const all = new Float32Array(latentCount * styleDim);
  for (let at = 0; at < all.length; at += given.length) all.set(given, at);
  engine.write(state.base, all);
  engine.show();
}

function fromStyles(engine: Engine, styles: readonly ArrayLike<number>[]): void {
  const { generator } = engine.network.generator;
  const { layers } = generator;
  ensure(
    Array.isArray(styles) && styles.length === layers.length,
    'option',
    () =>
      `styles is ${Array.isArray(styles) ? `a list of ${styles.length}` : inWords(styles)}, ` +
      `expected ${layers.length} vectors, one a layer`,
  );
  generator.styleOffsets().forEach((offset, i) => {
    const vector = values(`styles of layer ${i}`, styles[i] ?? [], [layers[i]?.inChannels ?? 0]);
    engine.write(generator.styles, vector, 4 * offset);
  });
  engine.run('demodulate', 'synthesize');
}
