/** Everything the page computes, behind one object of sections; `worker.ts` runs it beside the page, `connect.ts` talks to it. */
import { DiscoveryPart } from './discovery-part.ts';
import { InsightPart } from './insight-part.ts';
import { MethodsPart } from './methods-part.ts';
import { ModelPart } from './model-part.ts';
import { PeoplePart } from './people-part.ts';
import { PersonPart } from './person-part.ts';
import { PhotoPart } from './photo-part.ts';
import { canvasWorks } from './pictures.ts';
import { portraitFile } from './portrait-file.ts';
import { Session } from './session.ts';

/** The engine. */
export class Engine {
  readonly #session = new Session();
  readonly model = new ModelPart(this.#session);
  readonly photo = new PhotoPart(this.#session);
  readonly person = new PersonPart(this.#session);
  readonly people = new PeoplePart(this.#session);
  readonly discovery = new DiscoveryPart(this.#session);
  readonly methods = new MethodsPart(this.#session);
  readonly insight = new InsightPart(this.#session);

  /** Whether WebGPU is there at all. */
  async available(): Promise<boolean> {
    return 'gpu' in navigator && (await navigator.gpu.requestAdapter()) !== null;
  }

  /** Whether pictures can be drawn without reading them back. */
  canvasWorks(): Promise<boolean> {
    return canvasWorks();
  }

  /** A portrait of the shipped model's domain as a PNG file. */
  portrait(seed: number): Promise<Blob> {
    return portraitFile(seed);
  }

  /** Calls off whatever runs. */
  cancel(): void {
    this.#session.cancel();
  }
}
