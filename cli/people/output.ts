/** Where `edit`, `mix` and `adapt` write: a folder a person, and what goes beside all of them as the authors' tools have it. */
import { basename, extname, join, relative, resolve } from 'node:path';
import { distinctNames, safeName } from '../invert/inputs.ts';
import { ensureWritable, writeFiles } from '../invert/output-folder.ts';
import { encodePng } from '../invert/pictures.ts';
import { IDENTITY } from '../invert/results.ts';
import { say } from '../terminal.ts';

/** The folder of offsets, a file a person. */
const DELTAS = 'weight_deltas';

/** Files of a job, until all of a person is there. */
export class PeopleOutput {
  readonly #folder: string;
  readonly #saved = new Map<string, Uint8Array>();
  readonly #give = distinctNames();
  /** Of the model's pictures. */
  size = { width: 0, height: 0 };

  /** @throws `file` error for a folder that cannot be written */
  constructor(folder: string) {
    this.#folder = resolve(folder);
    ensureWritable(this.#folder, '--out');
  }

  /** Takes a file: RGBA bytes where its name has no ending. */
  keep(name: string, bytes: Uint8Array): void {
    this.#saved.set(name, bytes);
  }

  /** Writes what was kept into a folder of that name, made safe; null: beside the people's folders. @throws `file` error */
  async write(name: string | null): Promise<void> {
    const called = name === null ? '' : this.#give(safeName(basename(name, extname(name))));
    const deltas = this.#saved.get(`${DELTAS}.npy`);
    if (deltas) this.#put(DELTAS, new Map([[`${called}.npy`, deltas]]));
    this.#saved.delete(`${DELTAS}.npy`);
    const files = new Map<string, Uint8Array>();
    for (const [file, data] of this.#saved) {
      if (file === 'identity') files.set(IDENTITY, data);
      else if (extname(file) === '') files.set(`${file}.png`, await encodePng({ data, ...this.size }));
      else files.set(file, data);
    }
    this.#saved.clear();
    if (files.size > 0) this.#put(called, files);
  }

  #put(name: string, files: ReadonlyMap<string, Uint8Array>): void {
    const folder = join(this.#folder, name);
    writeFiles(folder, files);
    say(`written: ${relative(process.cwd(), folder) || folder}: ${[...files.keys()].join(', ')}`);
  }
}
