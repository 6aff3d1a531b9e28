/** The engine's section for photos: opens one, finds faces, cuts it out, inverts it. */
import { HyperStyleError, type InversionStep } from '../../src/index.ts';
import type { CropQuad } from './crop.ts';
import { alignOf, partOf, referenceOf } from './cutting.ts';
import type { FaceFacts, PersonFacts, PhotoFacts, StepFacts } from './facts.ts';
import { factsOf } from './person-part.ts';
import { bitmapOf } from './pictures.ts';
import type { Photo, Session } from './session.ts';

/** Faces that are offered at most: a crowd's others are small. */
const MOST_FACES = 12;

/** Opens and inverts photos. */
export class PhotoPart {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Opens a picture file, turned upright as its EXIF data says. @throws `image` error for what is no picture, `aborted` */
  async open(file: Blob): Promise<PhotoFacts> {
    const name = file instanceof File ? file.name : 'the picture';
    const wanted = this.#session.claimPhoto();
    const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
      const repair = 'save it as PNG, JPEG or WebP and choose it again';
      throw new HyperStyleError('image', `${name}: the browser cannot decode this picture; ${repair}`, { cause });
    });
    await this.#session.job(async () => {
      if (wanted()) return this.#session.takePhoto({ bitmap, quad: null });
      bitmap.close();
      throw new HyperStyleError('aborted', 'another picture was chosen meanwhile');
    });
    return { width: bitmap.width, height: bitmap.height };
  }

  /** Faces of the open photo, largest first, and what was left out. */
  async findFaces(): Promise<{ faces: FaceFacts[]; warnings: readonly string[] }> {
    const { model } = this.#session;
    const { bitmap } = this.#photo;
    const { faces, warnings } = await model.findFaces(bitmap, { most: MOST_FACES });
    return {
      faces: faces.map(({ quad, score, yaw, warnings: own }) => ({ quad, score, yaw, warnings: own })),
      warnings,
    };
  }

  /** Where the photo is cut from now on. @returns that part, for the screen */
  cut(quad: CropQuad | null): ImageBitmap {
    const photo = this.#photo;
    photo.quad = quad;
    return partOf(this.#session, photo);
  }

  /** Inverts the photo as it was cut; `onStep` is given each y_t as it is computed. */
  async invert(steps: number, onStep: (step: StepFacts) => void | Promise<void>): Promise<PersonFacts> {
    return this.#session.job(async (signal) => {
      const session = this.#session;
      const photo = this.#photo;
      session.forget();
      const reference = await referenceOf(session, photo);
      const told = async ({ index, l2, picture: drawn }: InversionStep): Promise<void> => {
        const picture = await bitmapOf(drawn);
        await onStep({ index, l2, similarity: await reference.similarity(picture), picture });
      };
      const person = await session.model.invert(photo.bitmap, {
        steps,
        encoder: session.encoder,
        signal,
        align: alignOf(session, photo),
        onStep: told,
      });
      session.show({ kind: 'inverted', person, photo });
      return factsOf(session.person);
    });
  }

  get #photo(): Photo {
    const { photo } = this.#session;
    if (!photo) throw new HyperStyleError('option', 'there is no photo: choose one first');
    return photo;
  }
}
