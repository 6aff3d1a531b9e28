/** LPIPS files: trunk and heads in one or two files, told apart by their shapes, and what is wrong with those that do not fit. */
import { describe, expect, it } from 'vitest';
import { elementCount, type Shape } from '../../src/tensor.ts';
import { planKeys } from '../../src/weights/checkpoint-keys.ts';
import { lpipsSource, lpipsTensors } from '../../src/weights/lpips-files.ts';
import { LPIPS_LAYERS, type LpipsKind } from '../../src/weights/lpips-layers.ts';
import { memoryTensor, type StoredTensor } from '../../src/weights/stored-tensor.ts';

const WIDTH = 2;

function file(name: string, shapes: Readonly<Record<string, Shape>>) {
  const tensors = new Map<string, StoredTensor>();
  for (const [key, shape] of Object.entries(shapes))
    tensors.set(`lpips.${key}`, memoryTensor(`lpips.${key}`, shape, new Float32Array(elementCount(shape))));
  return { name, tensors };
}

function trunk(kind: LpipsKind) {
  const shapes: Record<string, Shape> = {};
  let before = 3;
  for (const { index, kernel = 3 } of LPIPS_LAYERS[kind]) {
    shapes[`features.${index}.weight`] = [WIDTH, before, kernel, kernel];
    shapes[`features.${index}.bias`] = [WIDTH];
    before = WIDTH;
  }
  return file(`${kind}net.pth`, shapes);
}

const heads = (width = WIDTH) =>
  file('heads.pth', Object.fromEntries([0, 1, 2, 3, 4].map((i) => [`lin${i}.model.1.weight`, [1, width, 1, 1]])));

describe('LPIPS files', () => {
  it.each(['alex', 'vgg'] as const)('tells %s by its first filter, whatever comes first', (kind) => {
    expect(lpipsTensors([heads(), trunk(kind)]).kind).toBe(kind);
    const { tensors, name } = lpipsSource([trunk(kind), heads()]);
    expect(name).toBe(`LPIPS (${kind})`);
    expect(tensors.size).toBe(2 * LPIPS_LAYERS[kind].length + 5);
  });

  it('names the first tensor of another width, its file, and both shapes', () => {
    expect(() => lpipsTensors([trunk('alex'), heads(5)])).toThrow(
      /heads\.pth: "lin0\.model\.1\.weight" has shape \[1,5,1,1\], LPIPS \(alex\) of this trunk needs \[1,2,1,1\]/,
    );
  });

  it('says which half is missing', () => {
    expect(() => lpipsTensors([trunk('vgg')])).toThrow('no heads of LPIPS');
    expect(() => lpipsTensors([heads()])).toThrow('no trunk of LPIPS');
  });

  it('finds trunk and heads among the keys of people’s files, and ignores the classifier', () => {
    const torchvision = planKeys(['features.0.weight', 'features.0.bias', 'classifier.1.weight']);
    expect([...torchvision.taken.keys()]).toContain('lpips.features.0.weight');
    const published = planKeys(['lin0.model.1.weight', 'lin1.model.1.weight']);
    expect([...published.taken]).toContainEqual(['lpips.lin1.model.1.weight', 'lin1.model.1.weight']);
    const generator = planKeys(['g_ema.conv1.conv.weight', 'g_ema.input.input', 'features.0.weight']);
    expect([...generator.taken.keys()].some((key) => key.startsWith('lpips.'))).toBe(false);
  });
});
