/** Collects what the `align` job sends: one picture is in memory at a time, and each aligned face is written as it comes. */
import { join } from 'node:path';
import { distinctNames } from '../invert/inputs.ts';
import { writeFileWhole } from '../invert/output-folder.ts';
import { type DecodedPicture, decodePicture, encodePng } from '../invert/pictures.ts';
import type { InputFile } from '../invert/sources.ts';
import type { AlignEvent, FaceRow } from './events.ts';

/** One picture of the JSON form. */
export interface PictureRow {
  readonly file: string;
  readonly faces: readonly FaceRow[];
}

/** Where results go. */
export interface Destination {
  readonly out: string;
  /** Side of an aligned picture. */
  readonly size: number;
  /** Prints a line for people. */
  readonly print: (line: string) => void;
}

/** What is known of the picture whose turn it is. */
interface Current {
  readonly picture: DecodedPicture;
  faces: readonly FaceRow[];
}

const sideOf = ({ quad: [topLeft, , , topRight] }: FaceRow): number =>
  Math.hypot(topRight[0] - topLeft[0], topRight[1] - topLeft[1]);

const counted = (faces: number): string =>
  faces === 0
    ? 'no face found: is one upright and at least 1/25 of the longer side? A square of your own can be given through the API'
    : `${faces} face${faces === 1 ? '' : 's'}`;

/** Results of one run. */
export class AlignResults {
  readonly pictures: PictureRow[] = [];
  /** Pictures that could not be used. */
  readonly failed: { readonly file: string; readonly message: string }[] = [];
  readonly #inputs: readonly InputFile[];
  readonly #to: Destination;
  readonly #give = distinctNames();
  #current: Current | undefined;

  constructor(inputs: readonly InputFile[], to: Destination) {
    this.#inputs = inputs;
    this.#to = to;
  }

  /** Decodes picture `index`, whose turn it is now: none is in memory before or after. @throws `file` or `image` error */
  async decode(index: number): Promise<DecodedPicture> {
    this.#current = undefined;
    const { path, name } = this.#inputs[index] ?? { path: '', name: '' };
    const picture = await decodePicture(path, name, true);
    this.#current = { picture, faces: [] };
    return picture;
  }

  /** Takes one event. */
  take(event: AlignEvent): void {
    const { print } = this.#to;
    if (event.kind === 'failed') {
      this.failed.push({ file: this.#inputs[event.picture]?.path ?? '', message: event.message });
      print('');
      print(`not aligned: ${event.message}`);
    } else if (event.kind === 'found') this.#found(event);
    else if (this.#current) {
      const { picture, faces } = this.#current;
      this.pictures.push({ file: picture.file, faces });
      if (faces.length > 0) print(`  aligned in ${event.seconds.toFixed(2)} s`);
    }
  }

  #found({ faces, warnings, seconds }: Extract<AlignEvent, { kind: 'found' }>): void {
    if (!this.#current) return;
    const { file, width, height } = this.#current.picture;
    this.#current.faces = faces;
    const { print } = this.#to;
    print('');
    print(`${file} (${width}×${height}): ${counted(faces.length)}, looked for in ${seconds.toFixed(2)} s`);
    for (const warning of warnings) print(`  ${warning}`);
  }

  /** Writes an aligned picture that was saved as `N/F`. @throws `file` error */
  async save(path: string, data: Uint8Array): Promise<void> {
    const face = Number(path.split('/')[1]);
    const { picture, faces } = this.#current ?? { picture: undefined, faces: [] };
    const row = faces[face];
    if (!picture || !row) return;
    const { out, size, print } = this.#to;
    const name = faces.length === 1 ? picture.name : `${picture.name}-${face + 1}`;
    const target = join(out, `${this.#give(name)}.png`);
    writeFileWhole(target, await encodePng({ data, width: size, height: size }), '--out');
    print(`  ${target}  score ${row.score.toFixed(2)}, side ${sideOf(row).toFixed(0)} px`);
  }
}
