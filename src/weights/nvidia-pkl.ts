/**
 * NVIDIA's stylegan2-ada-pytorch pickles: a dict with `G_ema`, a module whose class is shipped as source text. That text
 * is data here: only the module's parameters and buffers are read and renamed to our generator keys.
 * Layers: training/networks.py (MappingNetwork, SynthesisNetwork, SynthesisLayer, ToRGBLayer) of that project.
 */
import { ensure } from '../errors.ts';
import { type AllowList, readPickle } from './pickle.ts';
import { keyText, PickleBytes, PickleDict, PickleGlobal, PickleInstance, type PickleValue } from './pickle-values.ts';
import { type ByteSource, sliceSource } from './random-access.ts';
import type { Storage, StoredTensor } from './stored-tensor.ts';
import { openTorchLegacy } from './torch-legacy.ts';
import { dictionary, resolveTensor, type StorageResolver, tensorArguments, torchAllowList } from './torch-objects.ts';

const MODULE = 'torch_utils.persistence._reconstruct_persistent_obj';
const STORAGE = 'torch.storage._load_from_bytes';

const nvidiaAllowList: AllowList = (module, name) => {
  const full = `${module}.${name}`;
  if (full === MODULE || full === STORAGE) return new PickleGlobal(full, (args) => new PickleInstance(full, args));
  if (full === 'dnnlib.util.EasyDict' || full === 'dnnlib.EasyDict') return new PickleGlobal(full, dictionary);
  return torchAllowList(module, name);
};

/** Reads `G_ema` of an NVIDIA pickle as tensors named `decoder.*` and `latent_avg`. @throws `pickle`, `model` errors */
export async function openNvidiaPickle(source: ByteSource): Promise<Map<string, StoredTensor>> {
  const { value } = await readPickle(source, nvidiaAllowList);
  const generator = value instanceof PickleDict ? value.get('G_ema') : value;
  const state = moduleState(generator);
  ensure(
    state,
    'model',
    () =>
      `${source.name}: a pickle without a module "G_ema"; expected a stylegan2-ada-pytorch network or a torch.save file`,
  );
  const found = new Map<string, PickleValue>();
  collectTensors(state, '', found);
  return renameGenerator(source, found);
}

/** The `__dict__` of a persistent module: the entry `state` of the one argument it would be rebuilt from. */
function moduleState(value: PickleValue): PickleDict | null {
  if (!(value instanceof PickleInstance) || value.of !== MODULE) return null;
  const [meta] = value.args;
  const state = meta instanceof PickleDict ? meta.get('state') : null;
  return state instanceof PickleDict ? state : null;
}

function collectTensors(state: PickleDict, prefix: string, found: Map<string, PickleValue>, depth = 0): void {
  ensure(depth < 8, 'pickle', () => `module "${prefix}" is nested too deeply; the file is corrupt: download it again`);
  const items = (field: string): [PickleValue, PickleValue][] => {
    const dict = state.get(field);
    return dict instanceof PickleDict ? [...dict.entries] : [];
  };
  for (const [name, value] of [...items('_parameters'), ...items('_buffers')])
    found.set(`${prefix}${keyText(name)}`, value);
  for (const [name, value] of items('_modules')) {
    const child = moduleState(value);
    if (child) collectTensors(child, `${prefix}${keyText(name)}.`, found, depth + 1);
  }
}

async function renameGenerator(
  source: ByteSource,
  found: ReadonlyMap<string, PickleValue>,
): Promise<Map<string, StoredTensor>> {
  const unknown = [...found.keys()].find(
    (name) => name.startsWith('mapping.embed.') || /^synthesis\.b\d+\.skip\./.test(name),
  );
  ensure(
    !unknown,
    'model',
    () =>
      `${source.name}: "${unknown}" belongs to a conditional or residual generator; only unconditional skip generators are read`,
  );
  const resolve = nestedStorages(source);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of found) {
    const to = generatorKey(name);
    const args = to ? tensorArguments(value) : null;
    if (!to || !args) continue;
    const tensor = await resolveTensor(source.name, name, args, resolve);
    tensors.set(to, tensor.renamed(to, ourShape(to, tensor.shape)));
  }
  ensure(
    tensors.has('decoder.input.input'),
    'model',
    () => `${source.name}: "G_ema" is no StyleGAN2 generator (synthesis.b4.const is missing)`,
  );
  return tensors;
}

/** `synthesis.b16.conv0.affine.weight` → `decoder.convs.2.conv.modulation.weight`; null for what we do not need. */
export function generatorKey(name: string): string | null {
  if (name === 'mapping.w_avg') return 'latent_avg';
  const mapping = /^mapping\.fc(\d+)\.(weight|bias)$/.exec(name);
  if (mapping) return `decoder.style.${Number(mapping[1]) + 1}.${mapping[2]}`;
  if (name === 'synthesis.b4.const') return 'decoder.input.input';
  const [, resolution, layer, field] = /^synthesis\.b(\d+)\.(conv0|conv1|torgb)\.(.+)$/.exec(name) ?? [];
  if (!resolution || !layer || !field) return null;
  const level = Math.log2(Number(resolution)) - 2; // 0 at 4 px
  if (layer === 'torgb') {
    const key = level === 0 ? 'decoder.to_rgb1' : `decoder.to_rgbs.${level - 1}`;
    return field === 'bias' ? `${key}.bias` : weightField(key, field);
  }
  const index = 2 * (level - 1) + (layer === 'conv1' ? 1 : 0);
  if (field === 'noise_const') return `decoder.noises.noise_${index + 1}`;
  const key = level === 0 ? 'decoder.conv1' : `decoder.convs.${index}`;
  if (field === 'noise_strength') return `${key}.noise.weight`;
  return field === 'bias' ? `${key}.activate.bias` : weightField(key, field);
}

function weightField(key: string, field: string): string | null {
  if (field === 'weight') return `${key}.conv.weight`;
  return field === 'affine.weight' || field === 'affine.bias'
    ? `${key}.conv.modulation${field.slice('affine'.length)}`
    : null;
}

/** Our layout keeps a batch dimension on constants, weights and noise, and RGB biases as pictures. */
function ourShape(key: string, shape: readonly number[]): readonly number[] {
  if (/\.conv\.weight$|input\.input$/.test(key)) return [1, ...shape];
  if (/noises\.noise_\d+$/.test(key)) return [1, 1, ...shape];
  if (/to_rgbs?\d?(\.\d+)?\.bias$/.test(key)) return [1, ...shape, 1, 1];
  return /noise\.weight$/.test(key) ? [1] : shape;
}

/** Each storage is a pre-1.6 torch file of its own, inside a bytes object of the pickle. */
function nestedStorages(source: ByteSource): StorageResolver {
  const known = new Map<number, Storage>();
  return async (argument) => {
    const bytes = argument instanceof PickleInstance && argument.of === STORAGE ? argument.args[0] : null;
    ensure(
      bytes instanceof PickleBytes,
      'pickle',
      () => `${source.name}: a tensor without stored bytes; the file is corrupt: download it again`,
    );
    const storage = known.get(bytes.offset);
    if (storage) return storage;
    const part = sliceSource(source, bytes.offset, bytes.length);
    const file = await openTorchLegacy(part);
    const opened = { ...(await file.resolve(file.root)), key: `@${bytes.offset}` };
    known.set(bytes.offset, opened);
    return opened;
  };
}
