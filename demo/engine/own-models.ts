/**
 * Visitors' own checkpoints: converted once, a shard at a time, and kept in the origin's private files, from which the next
 * visit opens them. Where nothing can be kept they live in memory until the page is closed.
 */
import { convertCheckpoint, HyperStyleError } from '../../src/index.ts';
import { type OnProgress, OWN } from './facts.ts';

const FOLDER = 'own-models';
/** Written last: a folder without it is what was left of a conversion that was interrupted. */
const LAST = 'model.json';

/** A converted model. */
export interface OwnModel {
  readonly files: readonly File[];
  /** Its address, or null where it could not be kept. */
  readonly address: string | null;
}

/** The folder of all of them; null where the browser keeps nothing, as in some private windows. */
async function root(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const origin = await navigator.storage.getDirectory();
    return await origin.getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return null;
  }
}

async function filesIn(folder: FileSystemDirectoryHandle): Promise<File[]> {
  const files: File[] = [];
  for await (const entry of folder.values()) {
    if (entry instanceof FileSystemFileHandle) files.push(await entry.getFile());
  }
  return files;
}

/** Names of the models that are kept; what is left of an interrupted conversion is not one. */
export async function ownModels(): Promise<string[]> {
  const all = await root();
  if (!all) return [];
  const names: string[] = [];
  for await (const entry of all.values()) {
    if (!(entry instanceof FileSystemDirectoryHandle)) continue;
    const files = await filesIn(entry);
    if (files.some(({ name }) => name === LAST)) names.push(entry.name);
  }
  return names.sort();
}

/** The files of a kept model. @throws `file` error when it is not there any more */
export async function ownModel(address: string): Promise<File[]> {
  const name = address.slice(OWN.length);
  const folder = await (await root())?.getDirectoryHandle(name).catch(() => null);
  const files = folder ? await filesIn(folder) : [];
  if (files.some((file) => file.name === LAST)) return files;
  throw new HyperStyleError(
    'file',
    `the model ${name} is not kept on this machine any more: drop its checkpoints again`,
  );
}

/** Forgets a kept model. */
export async function forgetOwnModel(name: string): Promise<void> {
  await (await root())?.removeEntry(name, { recursive: true });
}

/** A name that the same files have each time: that of the largest, and of all of them a few digits. */
async function nameOf(files: readonly File[]): Promise<string> {
  const [largest] = [...files].sort((a, b) => b.size - a.size);
  const stem = (largest?.name ?? 'model')
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(0, 60);
  const facts = files.map(({ name, size, lastModified }) => [name, size, lastModified].join()).sort();
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(facts.join('\n')));
  const digits = [...new Uint8Array(digest).subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${stem}-${digits.join('')}`;
}

/**
 * Converts checkpoints and keeps the result; the same files as before are only opened.
 * @throws errors of the checkpoints, `aborted`
 */
export async function convertAndKeep(
  files: readonly File[],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: OnProgress },
): Promise<OwnModel> {
  const name = await nameOf(files);
  const address = OWN + name;
  if ((await ownModels()).includes(name)) return { files: await ownModel(address), address };
  const all = await root();
  await all?.removeEntry(name, { recursive: true }).catch(() => undefined); // it need not be there
  const folder = (await all?.getDirectoryHandle(name, { create: true }).catch(() => null)) ?? null;
  const made: File[] = [];
  let kept = folder !== null;
  const converted = convertCheckpoint(files, {
    name: name.replace(/-[0-9a-f]{8}$/, ''),
    signal,
    onProgress: ({ writtenBytes, totalBytes }) =>
      onProgress({ phase: 'Converting the checkpoints', done: writtenBytes, total: totalBytes }),
    async write(file, bytes) {
      const written = kept && folder ? await keptFile(folder, file, bytes) : null;
      kept &&= written !== null;
      made.push(written ?? new File([bytes], file));
    },
  });
  await converted.catch(async (error: unknown) => {
    await all?.removeEntry(name, { recursive: true }).catch(() => undefined); // half a model is no use
    throw error;
  });
  return { files: made, address: kept ? address : null };
}

/** The file as it is kept, or null when there is no room for it. */
async function keptFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<File | null> {
  try {
    const handle = await folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    await stream.write(bytes);
    await stream.close();
    return await handle.getFile();
  } catch {
    return null;
  }
}
