/** Direction files of every kind against what the authors' scripts make of them (goldens from PyTorch). */
import { describe, expect, it } from 'vitest';
import { phraseDirections, type TextEncoder } from '../../src/api/phrases.ts';
import { addDirection, type ChannelOffset, type Direction } from '../../src/editing/direction.ts';
import { readDirections } from '../../src/editing/direction-files.ts';
import { noEdit, type RowRange } from '../../src/editing/edit-space.ts';
import { saveDirections } from '../../src/editing/saved-directions.ts';
import { globalStyles } from '../../src/editing/styleclip.ts';
import { randomArray, relativeError } from '../../src/kernels/reference/seeded.ts';
import { writeNpy } from '../../src/weights/npy-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { TOLERANCE } from '../tolerances.ts';
import { expectRefusal } from '../weights/support.ts';
import { BASE_SPACE, edited, entryOf, golden, SPACE_256, tensorsOf } from './support.ts';

const { styleDim, latentCount } = BASE_SPACE;

async function only(file: string, name?: string): Promise<Direction> {
  const [direction] = (await readDirections([await golden(file, name)], BASE_SPACE)).values();
  if (!direction) throw new Error(`${file} holds no direction`);
  return direction;
}

function text(name: string, value: unknown) {
  return bytesSource(name, new TextEncoder().encode(JSON.stringify(value)));
}

async function styleClipFiles(name: string, deltaI: Float32Array) {
  const phrase: Direction = { kind: 'latent', name: 'long hair', vectors: 1, values: deltaI.slice() };
  return {
    tables: [await golden(`${name}.fs3.npy`), await golden(`${name}.S_mean_std`)],
    phrase: bytesSource('phrases.safetensors', rawVector('long hair', phrase.values)),
  };
}

/** A safetensors file of one vector. */
function rawVector(name: string, values: Float32Array): Uint8Array {
  const header = JSON.stringify({
    [name]: { dtype: 'F32', shape: [values.length], data_offsets: [0, 4 * values.length] },
  });
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  const out = new Uint8Array(8 + padded.length + 4 * values.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded.length), true);
  out.set(new TextEncoder().encode(padded), 8);
  out.set(new Uint8Array(values.slice().buffer), 8 + padded.length);
  return out;
}

describe('InterFaceGAN', () => {
  it.each(['w', 'wplus'])('moves latents along a %s direction', async (kind) => {
    const name = `edit-interfacegan-${kind}`;
    const values = await tensorsOf(name);
    const direction = await only(`${name}.direction.pt`);
    for (const [i, amount] of ((await entryOf(name)).factors as number[]).entries()) {
      const edit = noEdit(BASE_SPACE);
      addDirection(BASE_SPACE, values('in.latent'), direction, { amount }, edit);
      expect(relativeError(edited(values('in.latent'), edit), values(`out.latent${i}`))).toBeLessThan(
        TOLERANCE.editing,
      );
    }
  });

  it('names a direction by its file', async () => {
    expect((await only('edit-interfacegan-w.direction.pt', 'folder/ffhq.age.pt')).name).toBe('age');
    expect((await only('edit-interfacegan-w.direction.pt', 'pose.pt')).name).toBe('pose');
  });
});

describe('GANSpace', () => {
  it('places latents absolutely, from a file of transposed strides', async () => {
    const values = await tensorsOf('edit-ganspace-file');
    const directions = await readDirections([await golden('edit-ganspace-file.pca.pt')], BASE_SPACE);
    expect([...directions.keys()]).toEqual(Array.from({ length: 7 }, (_, k) => `pca.${k}`));
    const { edits } = await entryOf('edit-ganspace-file');
    for (const [i, [component, from, to, amount]] of (edits as [number, number, number, number][]).entries()) {
      const direction = directions.get(`pca.${component}`);
      if (!direction) throw new Error(`no component ${component}`);
      const edit = noEdit(BASE_SPACE);
      addDirection(BASE_SPACE, values('in.latent'), direction, { amount, rows: [from, to] }, edit);
      expect(relativeError(edited(values('in.latent'), edit), values(`out.latent${i}`))).toBeLessThan(
        TOLERANCE.editing,
      );
    }
  });
});

describe('StyleSpace', () => {
  it('adds to single channels of the styles', async () => {
    const values = await tensorsOf('edit-stylespace');
    const { offsets } = await entryOf('edit-stylespace');
    const file = text('channels.json', { gaze: offsets as ChannelOffset[] });
    const direction = (await readDirections([file], BASE_SPACE)).get('gaze');
    if (!direction) throw new Error('no direction');
    const edit = noEdit(BASE_SPACE);
    addDirection(BASE_SPACE, values('in.latent'), direction, { amount: 1 }, edit);
    const styles = values('out.styles_before').map((s, i) => s + (edit.styleOffset[i] ?? 0));
    expect(relativeError(styles, values('out.styles'))).toBeLessThan(TOLERANCE.editing);
    expect(edit.offset.every((v) => v === 0)).toBe(true);
  });
});

describe('StyleCLIP', () => {
  it.each([
    ['edit-styleclip', BASE_SPACE],
    ['edit-styleclip-256', SPACE_256],
  ] as const)('%s: relevance, threshold and the layers that move', async (name, space) => {
    const values = await tensorsOf(name);
    const { betas, moved_count: moved } = await entryOf(name);
    const { tables, phrase } = await styleClipFiles(name, values('in.delta_i'));
    const direction = (await readDirections([phrase, ...tables], space)).get('long hair');
    if (direction?.kind !== 'global') throw new Error('no global direction');
    expect(relativeError(direction.relevance, values('out.relevance'))).toBeLessThan(TOLERANCE.editing);
    expect(relativeError(direction.deviations, values('in.std'))).toBe(0);
    const limited = { ...direction, movedLayers: typeof moved === 'number' ? moved : direction.movedLayers };
    for (const [i, beta] of (betas as number[]).entries()) {
      const styles = globalStyles(space, limited, beta);
      expect(relativeError(styles, values(`out.direction${i}`))).toBeLessThan(TOLERANCE.editing);
    }
  });

  it('tells a phrase from a latent by its dimensions where both are as wide, as in the published models', async () => {
    const width = BASE_SPACE.styleDim;
    const channels = BASE_SPACE.layers.reduce(
      (sum, { kind, inChannels }) => sum + (kind === 'rgb' ? 0 : inChannels),
      0,
    );
    const effects = bytesSource(
      'fs3.npy',
      writeNpy({ shape: [channels, width], data: Float32Array.from(randomArray('fs3', channels * width)) }),
    );
    const vector = (name: string, shape: number[]) =>
      bytesSource(name, writeNpy({ shape, data: Float32Array.from(randomArray(name, width)) }));
    const files = [
      effects,
      await golden('edit-styleclip.S_mean_std'),
      vector('hair.npy', [width]),
      vector('age.npy', [1, width]),
    ];
    const kinds = [...(await readDirections(files, BASE_SPACE))].map(([name, { kind }]) => [name, kind]);
    expect(kinds).toEqual([
      ['hair', 'global'],
      ['age', 'latent'],
    ]);
  });

  it('takes texts by an encoder of the caller', async () => {
    const expected = await tensorsOf('edit-styleclip');
    const deltaI = expected('in.delta_i');
    const { tables } = await styleClipFiles('edit-styleclip', deltaI);
    // two vectors of one length, mirrored in the plane across Δi
    const random = randomArray('text', deltaI.length);
    const along = deltaI.reduce((sum, d, i) => sum + d * (random[i] ?? 0), 0);
    const beside = (side: number) => random.map((value, i) => value + (side - along) * (deltaI[i] ?? 0));
    const embeddings = new Map([
      ['face', beside(-3)],
      ['long hair', beside(3)],
    ]);
    const encode: TextEncoder = async (text) => embeddings.get(text) ?? [];
    const phrases = { 'long hair': { neutral: 'face', target: 'long hair', beta: 0.2 } };
    const found = (await phraseDirections(BASE_SPACE, tables, phrases, encode)).get('long hair');
    if (found?.kind !== 'global') throw new Error('no global direction');
    expect(relativeError(found.relevance, expected('out.relevance'))).toBeLessThan(TOLERANCE.editing);
    expect(found.beta).toBe(0.2);
    const attempt = (neutralText: string, by = encode) =>
      phraseDirections(BASE_SPACE, tables, { hair: { neutral: neutralText, target: 'long hair' } }, by);
    await expectRefusal(attempt(''), /phrase "hair": needs two texts/);
    await expectRefusal(attempt('long hair'), /phrase "hair": the difference of the two texts has length 0/);
    await expectRefusal(attempt('unknown'), /phrase "hair": the neutral text's embedding is .*expected a vector/);
    await expectRefusal(
      attempt('face', () => [1, 2]),
      /Δi has 2 numbers|has length 0/,
    );
    await expectRefusal(phraseDirections(BASE_SPACE, [], phrases, encode), /neither fs3.npy nor S_mean_std/);
  });

  it('asks for what is missing', async () => {
    const { tables, phrase } = await styleClipFiles('edit-styleclip', new Float32Array(20));
    const [effects, deviations] = tables;
    if (!effects || !deviations) throw new Error('no tables');
    await expectRefusal(readDirections([effects, phrase], BASE_SPACE), /needs fs3.npy and S_mean_std together/);
    await expectRefusal(readDirections(tables, BASE_SPACE), /came without a phrase/);
    await expectRefusal(readDirections([...tables, phrase], SPACE_256), /14 layers, this model has 20/);
  });
});

describe('W, W+ and channels at once', () => {
  it('adds up', async () => {
    const values = await tensorsOf('edit-combined');
    const entry = await entryOf('edit-combined');
    const [w, wplus] = [await only(`${entry.w}`), await only(`${entry.wplus}`)];
    const edit = noEdit(BASE_SPACE);
    const base = values('in.latent');
    addDirection(BASE_SPACE, base, w, { amount: Number(entry.w_factor) }, edit);
    const rows = entry.wplus_rows as RowRange;
    addDirection(BASE_SPACE, base, wplus, { amount: Number(entry.wplus_factor), rows }, edit);
    expect(relativeError(edited(base, edit), values('out.latent'))).toBeLessThan(TOLERANCE.editing);
  });
});

describe('saved directions', () => {
  it('come back as they were, whatever their kind', async () => {
    const components = await readDirections([await golden('edit-ganspace-file.pca.pt')], BASE_SPACE);
    const directions: Direction[] = [
      await only('edit-interfacegan-wplus.direction.pt', 'pose.pt'),
      { ...([...components.values()][2] as Direction), rows: [1, 4] } as Direction,
      { kind: 'channels', name: 'gaze', offsets: [[2, 17, 3.952]] },
      {
        kind: 'global',
        name: 'long hair',
        relevance: new Float32Array(188).fill(0.5),
        deviations: new Float32Array(288).fill(2),
        beta: 0.2,
        movedLayers: 6,
      },
    ];
    const file = bytesSource('mine.safetensors', saveDirections(directions));
    expect([...(await readDirections([file], BASE_SPACE)).values()]).toEqual(directions);
  });
});

describe('bad input', () => {
  const base = new Float32Array(latentCount * styleDim);
  const age: Direction = { kind: 'latent', name: 'age', vectors: 1, values: new Float32Array(styleDim) };

  it.each([
    ['NaN amounts', { amount: Number.NaN }, /edit "age": the amount is NaN/],
    ['infinite amounts', { amount: Number.POSITIVE_INFINITY }, /the amount is Infinity/],
    ['rows that do not exist', { amount: 1, rows: [3, 11] as const }, /layers 3 to 11, expected .* ≤ 10/],
    ['no rows', { amount: 1, rows: [3, 3] as const }, /layers 3 to 3/],
  ])('refuses %s', async (_, request, message) => {
    const attempt = async () => addDirection(BASE_SPACE, base, age, request, noEdit(BASE_SPACE));
    await expectRefusal(attempt(), message);
  });

  it('refuses directions of another generator by both shapes', async () => {
    const attempt = readDirections([await golden('edit-interfacegan-w.direction.pt')], SPACE_256);
    await expectRefusal(attempt, /has shape \[1,24\], this model's latents are \[14, 16\]/);
    const pca = readDirections([await golden('edit-ganspace-file.pca.pt')], SPACE_256);
    await expectRefusal(pca, /latent width is 24, this model's is 16/);
  });

  it('refuses channels and layers that do not exist', async () => {
    const reading = (offset: ChannelOffset) => readDirections([text('a.json', { gaze: [offset] })], BASE_SPACE);
    await expectRefusal(reading([14, 0, 1]), /layer 14, expected 0 to 13/);
    await expectRefusal(reading([9, 16, 1]), /channel 16 of layer 9, which has channels 0 to 15/);
    await expectRefusal(readDirections([text('a.json', { gaze: 3 })], BASE_SPACE), /"gaze" is no list of channels/);
  });

  it('refuses a name that comes twice, and a negative β', async () => {
    const file = await golden('edit-interfacegan-w.direction.pt', 'age.pt');
    await expectRefusal(readDirections([file, file], BASE_SPACE), /direction "age" comes twice/);
    const phrase: Direction = {
      kind: 'global',
      name: 'beard',
      relevance: new Float32Array(188),
      deviations: new Float32Array(288),
      beta: 0.1,
      movedLayers: 11,
    };
    const attempt = async () => addDirection(BASE_SPACE, base, phrase, { amount: 1, beta: -1 }, noEdit(BASE_SPACE));
    await expectRefusal(attempt(), /β is -1/);
  });
});
