/** A model in a Node or Deno program: weights from disk or an address, WebGPU from the host or the package `webgpu` (Dawn). */
import { HyperStyle } from '../api/hyperstyle.ts';
import type { LoadOptions } from '../api/load-model.ts';
import { checkLoadOptions } from '../api/options.ts';
import { ensure, HyperStyleError, inWords } from '../errors.ts';
import { openNodeFolder } from './node-file.ts';

let gpu: Promise<GPU> | undefined;

/** The host's own WebGPU, else Dawn, once a process, its constants made global. @throws `device` error without the package */
async function findGpu(): Promise<GPU> {
  if (globalThis.navigator?.gpu) return navigator.gpu;
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return create([]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError('device', `Node needs the package webgpu (${why}): npm install webgpu`, { cause });
  }
}

/** The same for every model; after a failure the next call tries again. */
function dawnOrOwn(): Promise<GPU> {
  gpu ??= findGpu();
  gpu.catch(() => {
    gpu = undefined;
  });
  return gpu;
}

/** @throws `option` error for an address that is neither of a file nor of the web */
async function folderPath(source: string | URL): Promise<string> {
  if (typeof source === 'string') return source;
  ensure(
    source.protocol === 'file:',
    'option',
    () => `the model's address is ${source.href}: use file:, http: or https:`,
  );
  const { fileURLToPath } = await import('node:url');
  return fileURLToPath(source);
}

/**
 * Loads a model as `HyperStyle.load` does, from a folder on disk or an address. Nothing is cached: the folder is here.
 * @throws as `HyperStyle.load`; `file` error for a folder that cannot be read, `device` without WebGPU of the host or the
 *   package `webgpu`
 */
export async function load(source: string | URL, options: LoadOptions = {}): Promise<HyperStyle> {
  checkLoadOptions('load', options);
  ensure(
    typeof source === 'string' || source instanceof URL,
    'option',
    () => `the model is ${inWords(source)}, expected the path of its folder or its address`,
  );
  const isRemote = /^https?:/.test(String(source));
  const folder = isRemote ? '' : await folderPath(source);
  const all: LoadOptions = { ...options, gpu: options.gpu ?? (await dawnOrOwn()) };
  if (isRemote) return HyperStyle.load(source, { cache: false, ...all });
  const files = await openNodeFolder(folder);
  try {
    return await HyperStyle.load(files, all);
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}
