/** Files on their way into the page: a dropped picture, identity, direction files or model folder, and the three pickers. */
import { HyperStyleError, personKind } from '../src/index.ts';
import { byId, handler } from './dom.ts';

/** What can be dropped. */
export interface Receivers {
  picture(file: File): Promise<void>;
  identity(file: File): Promise<void>;
  model(files: readonly File[]): Promise<void>;
  directions(files: readonly File[]): Promise<void>;
}

/** Files that hold edit directions, StyleCLIP's `S_mean_std` among them. */
const DIRECTIONS = /\.(pt|npy|safetensors|json)$|^S_mean_std/i;

/** Makes the whole page a drop target and connects the pickers. */
export function receiveFiles(receivers: Receivers, report: (error: unknown) => void): void {
  const curtain = byId('drop', HTMLDivElement);
  const lift = (shown: boolean): void => {
    curtain.hidden = !shown;
  };
  addEventListener('dragover', (event) => {
    event.preventDefault();
    lift(true);
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) lift(false);
  });
  const dropped = handler<readonly File[] | Promise<readonly File[]>>(report, async (files) =>
    sort(await files, receivers),
  );
  addEventListener('drop', (event) => {
    event.preventDefault();
    lift(false);
    if (event.dataTransfer) dropped(filesOf(event.dataTransfer)); // entries must be taken before the event returns
  });
  connect(byId('file', HTMLInputElement), ([file]) => file && receivers.picture(file), report);
  connect(byId('load-identity', HTMLInputElement), ([file]) => file && receivers.identity(file), report);
  connect(byId('folder', HTMLInputElement), (files) => receivers.model(files), report);
}

function connect(
  input: HTMLInputElement,
  receive: (files: File[]) => Promise<void> | undefined,
  report: (error: unknown) => void,
): void {
  const take = handler(report, async () => {
    const files = [...(input.files ?? [])];
    input.value = ''; // the same file may be chosen again
    if (files.length > 0) await receive(files);
  });
  input.addEventListener('change', take);
}

async function sort(files: readonly File[], receivers: Receivers): Promise<void> {
  const [file] = files;
  if (!file) return;
  if (files.some(({ name }) => name === 'model.json')) return receivers.model(files);
  if (await isPerson(file)) return receivers.identity(file);
  if (files.every(({ name }) => DIRECTIONS.test(name))) return receivers.directions(files);
  if (file.type.startsWith('image/')) return receivers.picture(file);
  throw new HyperStyleError(
    'file',
    `${file.name}: dropped a file of type "${file.type || 'unknown'}", expected a picture, an .identity file, edit directions (.pt, .npy, .safetensors, .json) or a folder with model.json`,
  );
}

/** Whether a file holds a person; one whose name says so is taken at its word, and the model tells what is wrong with it. */
async function isPerson(file: File): Promise<boolean> {
  if (file.name.endsWith('.identity')) return true;
  return file.name.endsWith('.safetensors') && (await personKind(new Uint8Array(await file.arrayBuffer()))) !== null;
}

async function filesOf(transfer: DataTransfer): Promise<readonly File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return entries.length > 0 ? (await Promise.all(entries.map(filesUnder))).flat() : [...transfer.files];
}

async function filesUnder(entry: FileSystemEntry): Promise<File[]> {
  if (entry instanceof FileSystemFileEntry) return [await new Promise<File>((done, fail) => entry.file(done, fail))];
  if (!(entry instanceof FileSystemDirectoryEntry)) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (batch.length === 0) break; // a directory is read in batches of at most 100
    children.push(...batch);
  }
  return (await Promise.all(children.map(filesUnder))).flat();
}
