import { describe, expect, test } from 'vitest';
import { adaKey } from '../../src/weights/ada-generator.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { PickledTensor, pickle } from '../../src/weights/pickle-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { unifyModel } from '../../src/weights/unify.ts';
import { expectRefusal, fixture, succeedsOrRefuses, tinyCheckpoint, valuesOf, zipBytes } from './support.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe.each(['tensors.pt', 'tensors-legacy.pt'])('%s, written by PyTorch', (name) => {
  test('views, element types and aliases', async () => {
    const { tensors } = await openCheckpoint(await fixture(name));
    const expected: Record<string, number[]> = {
      plain: range(0, 24),
      transposed: range(0, 24).map((i) => (i % 4) * 6 + Math.floor(i / 4)),
      window: [8, 9, 10, 14, 15, 16],
      expanded: [...range(0, 6), ...range(0, 6), ...range(0, 6)],
      half: range(0, 6),
      bfloat: range(0, 6),
      double: range(0, 6),
      int64: range(-5, 5),
      int64_transposed: [-6, -2, 2, -5, -1, 3, -4, 0, 4, -3, 1, 5],
      bool: [1, 0],
      uint8: range(0, 5),
      scalar: [3.5],
      parameter: range(12, 18),
      empty: [],
      latent_avg: [1, 1, 1],
    };
    for (const [key, values] of Object.entries(expected)) expect(await valuesOf(tensors, key), key).toEqual(values);
    expect(new Set(tensors.keys())).toEqual(new Set(Object.keys(expected)));
    expect(tensors.get('window')).toMatchObject({ shape: [2, 3], strides: [6, 1], byteOffset: 32, dtype: 'f32' });
    expect(tensors.get('transposed')?.storageKey).toBe(tensors.get('plain')?.storageKey);
    expect(tensors.get('half')?.storageKey).not.toBe(tensors.get('plain')?.storageKey);
    expect([...((await tensors.get('transposed')?.readRows(2, 4)) ?? [])]).toEqual([2, 8, 14, 20, 3, 9, 15, 21]);
  });

  test('opts from an argparse.Namespace', async () => {
    const { opts } = await openCheckpoint(await fixture(name));
    expect(opts).toMatchObject({
      size: 4,
      name: 'x',
      list: [1, 2.5, null, true],
      dtype: 'torch.float32',
      big: 2n ** 70n,
    });
  });

  test('cut anywhere, it is refused', async () => {
    const source = await fixture(name);
    const bytes = await source.read(0, source.size);
    for (let length = 0; length < bytes.length; length++) {
      expect(
        await succeedsOrRefuses(openCheckpoint(bytesSource('cut.pt', bytes.slice(0, length)))),
        `${length} bytes`,
      ).toBe('refused');
    }
  });
});

describe('NVIDIA pickle', () => {
  test('G_ema becomes our generator; its source text is never run', async () => {
    const checkpoint = await openCheckpoint(await fixture('generator.pkl'));
    const { architecture, tensors } = unifyModel(checkpoint, null);
    expect(architecture).toMatchObject({
      size: 8,
      styleDim: 4,
      mappingLayers: 2,
      channels: { '4': 6, '8': 5 },
      encoder: null,
      hypernetwork: null,
    });
    expect(await valuesOf(tensors, 'decoder.input.input')).toEqual(range(0, 96));
    expect(await valuesOf(tensors, 'decoder.convs.0.noise.weight')).toEqual([0.25]);
    expect(await valuesOf(tensors, 'latent_avg')).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    expect(tensors.get('decoder.to_rgbs.0.bias')?.shape).toEqual([1, 3, 1, 1]);
    expect(tensors.get('decoder.noises.noise_2')?.shape).toEqual([1, 1, 8, 8]);
  });

  test.each([
    ['mapping.fc7.weight', 'style.8.weight'],
    ['synthesis.b4.conv1.affine.bias', 'conv1.conv.modulation.bias'],
    ['synthesis.b16.conv0.weight', 'convs.2.conv.weight'],
    ['synthesis.b16.conv1.noise_const', 'noises.noise_4'],
    ['synthesis.b1024.torgb.weight', 'to_rgbs.7.conv.weight'],
    ['synthesis.b4.torgb.bias', 'to_rgb1.bias'],
    ['synthesis.b8.conv0.resample_filter', 'convs.0.conv.blur.kernel'],
    ['synthesis.b8.resample_filter', 'to_rgbs.0.upsample.kernel'],
    ['synthesis.b8.conv1.resample_filter', null],
    ['synthesis.num_ws', null],
  ])('%s is %s', (theirs, ours) => {
    expect(adaKey(theirs)).toBe(ours);
  });

  test('cut anywhere, it is refused', async () => {
    const source = await fixture('generator.pkl');
    const bytes = await source.read(0, source.size);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(await succeedsOrRefuses(openCheckpoint(bytesSource('cut.pkl', bytes.slice(0, length))))).toBe('refused');
    }
  });
});

describe('checkpoints', () => {
  const archive = (tensor: PickledTensor, bytes: number) =>
    zipBytes(async (zip) => {
      await zip.add('archive/data.pkl', [pickle({ state_dict: new Map([['t', tensor]]) })]);
      await zip.add('archive/data/0', [new Uint8Array(bytes)]);
    });
  const open = async (tensor: PickledTensor, bytes = 16) =>
    openCheckpoint(bytesSource('x.pt', await archive(tensor, bytes)));

  test.each([
    [
      'a storage larger than its entry',
      new PickledTensor('0', 'f32', 5, [5], [1]),
      /storage "0" has 16 bytes, but its 5 elements need 20/,
    ],
    [
      'a view past its storage',
      new PickledTensor('0', 'f32', 4, [4], [1], 1),
      /tensor "state_dict\.t" \[4\]: reaches element 4 of a storage of 4/,
    ],
    ['strides past the storage', new PickledTensor('0', 'f32', 4, [2, 2], [3, 1]), /reaches element 4/],
    [
      'a shape whose product passes 2^53',
      new PickledTensor('0', 'f32', 4, [2147483647, 2147483647, 2147483647], [0, 0, 0]),
      /repeats 4 stored elements/,
    ],
    ['a missing storage', new PickledTensor('7', 'f32', 4, [4], [1]), /storage "7" is missing/],
    ['a negative offset', new PickledTensor('0', 'f32', 4, [4], [1], -1), /no readable shape/],
    ['more strides than dimensions', new PickledTensor('0', 'f32', 4, [4], [1, 1]), /no readable strides/],
  ])('%s', async (_, tensor, message) => {
    await expectRefusal(open(tensor), message);
  });

  test('a flipped bit in the data fails the check of its CRC', async () => {
    const bytes = await tinyCheckpoint('w_encoder');
    const good = await openCheckpoint(bytesSource('good.pt', bytes));
    await good.verify();
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    const bad = await openCheckpoint(bytesSource('bad.pt', bytes));
    await expectRefusal(bad.verify(), /bad\.pt: the zip archive is damaged: "archive\/data\/\d+" has CRC-32/);
  });

  test.each([
    ['version https://git-lfs.github.com/spec/v1', /Git LFS pointer/],
    ['<!DOCTYPE html><html>', /a web page/],
    ['', /it is empty/],
    ['PK\x05\x06', /no end record/],
    ['\x89PNG\r\n\x1a\n', /starts with bytes 89 50 4e 47/],
  ])('a file that starts with %j is named for what it is', async (text, message) => {
    await expectRefusal(
      openCheckpoint(
        bytesSource(
          'x.pt',
          Uint8Array.from(text, (c) => c.charCodeAt(0)),
        ),
      ),
      message,
    );
  });
});
