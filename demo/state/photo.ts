/** The photo that was chosen: its file, the faces found in it, and the square that is to be cut out. */
import { computed, signal } from '@preact/signals';
import { boundedCrop, type Crop, cropOf, middleCrop } from '../engine/crop.ts';
import type { FaceFacts, PhotoFacts } from '../engine/facts.ts';

/** A photo on the page. */
export interface PhotoView extends PhotoFacts {
  /** Object URL of its file, for an `<img>`. */
  readonly url: string;
  readonly name: string;
}

/** How the search for faces went. */
export type FaceSearch = 'none' | 'searching' | 'done' | 'failed';

/** The photo's state. */
export class PhotoState {
  readonly view = signal<PhotoView | null>(null);
  readonly faces = signal<readonly FaceFacts[]>([]);
  readonly search = signal<FaceSearch>('none');
  /** Which face was chosen; null when the square was drawn by hand. */
  readonly chosen = signal<number | null>(null);
  readonly crop = signal<Crop>({ x: 0, y: 0, side: 1, angle: 0 });

  /** What to know about the choice, a sentence each. */
  readonly hints = computed<readonly string[]>(() => {
    const chosen = this.chosen.value;
    const face = chosen === null ? undefined : this.faces.value[chosen];
    if (this.search.value === 'failed') return ['Faces could not be looked for; draw the square yourself.'];
    if (this.search.value === 'done' && this.faces.value.length === 0) {
      return ['No face was found here. Draw the square around one, or around anything else, and invert that.'];
    }
    return face?.warnings ?? [];
  });

  /** Takes a photo; the one before is given back. */
  take(file: Blob, facts: PhotoFacts): void {
    this.forget();
    const name = file instanceof File ? file.name : 'Photo';
    this.view.value = { ...facts, name, url: URL.createObjectURL(file) };
    this.crop.value = middleCrop(facts);
  }

  /** Shows what was found; the largest face is chosen. */
  found(faces: readonly FaceFacts[]): void {
    this.faces.value = faces;
    this.search.value = 'done';
    if (faces.length > 0) this.choose(0);
  }

  /** Chooses a face. */
  choose(index: number): void {
    const face = this.faces.value[index];
    if (!face) return;
    this.chosen.value = index;
    this.crop.value = cropOf(face.quad);
  }

  /** Moves, sizes or turns the square by hand. */
  adjust(crop: Crop): void {
    const { value: photo } = this.view;
    if (photo) this.crop.value = boundedCrop(crop, photo);
  }

  /** No photo any more. */
  forget(): void {
    const { value } = this.view;
    if (value) URL.revokeObjectURL(value.url);
    this.view.value = null;
    this.faces.value = [];
    this.search.value = 'none';
    this.chosen.value = null;
  }
}
