/** What is done to the person on the stage: edits drawn as sliders move, tuning, files. */
import { proxy } from 'comlink';
import type { Look, Progress } from '../engine/facts.ts';
import type { Again, Desk } from './desk.ts';
import { isAbort } from './notices.ts';
import { Newest } from './pictures.ts';
import { humanName, signed } from './words.ts';

/** Redraws, tunes and saves. */
export class PersonActions {
  readonly #desk: Desk;
  /** How the inversion came about that a tuned person was made from. */
  #inverted: Again | null = null;
  readonly #redraws = new Newest<Look>((look) => this.#draw(look));

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Draws the person as the controls say; while one picture is drawn, only the newest wish is kept. */
  redraw(): Promise<void> {
    const { person, playing, engine, look, tasks } = this.#desk;
    if (!person.value || tasks.current.value) return Promise.resolve();
    if (playing.value) {
      playing.value = false;
      void engine.cancel();
    }
    return this.#redraws.ask(look.look.value);
  }

  async #draw(look: Look): Promise<void> {
    const { engine, stage, person, notices } = this.#desk;
    const drawn = person.value;
    if (!drawn) return;
    try {
      const picture = await engine.person.show(look);
      if (person.value !== drawn) return picture.close();
      stage.showAfter(picture, this.#tagOf(look));
      stage.status.value = sentenceOf(look);
      if (stage.showsErrors.value) await this.#drawErrors();
    } catch (error) {
      // another picture was picked meanwhile: nobody waits for this one
      if (person.value === drawn && !isAbort(error)) notices.report(error);
    }
  }

  /** Lays the map of errors over the picture, or takes it away. */
  async showErrors(on: boolean): Promise<void> {
    const { stage, notices } = this.#desk;
    if (!on) return stage.hideErrors();
    stage.showsErrors.value = true;
    await notices.watch(() => this.#drawErrors());
  }

  async #drawErrors(): Promise<void> {
    const { stage, engine } = this.#desk;
    stage.showErrors(await engine.person.errorMap());
  }

  /** Tunes the generator to the photo, with live pictures. */
  async tune(): Promise<void> {
    const desk = this.#desk;
    const { again: inverted } = desk;
    desk.look.reset();
    await desk.task('Preparing the gradients', async (report) => {
      const onProgress = ({ picture, ...progress }: Progress): void => {
        report(progress);
        if (picture) desk.stage.showAfter(picture, `Tuning, step ${progress.done}`);
      };
      const facts = await desk.engine.person.tune(proxy(onProgress));
      desk.takePerson(facts, 'Tuned');
      desk.stage.status.value = `Tuned to an error of ${facts.l2.toFixed(4)}; edit away`;
      const { blob } = await desk.engine.person.identity();
      this.#inverted = inverted;
      const own: Again = async () => {
        const whole = (await inverted?.()) === true && (await this.#retune(blob));
        if (desk.again === inverted) desk.again = own; // and not what was chosen meanwhile
        return whole;
      };
      desk.again = own;
    });
    if (desk.person.value?.kind !== 'tuned') await this.redraw(); // called off: the live picture goes
  }

  /** Shows a tuned person from their file over their inversion. @returns whether they are there */
  #retune(file: Blob): Promise<boolean> {
    const { engine, notices } = this.#desk;
    return notices.watch(async () => {
      const facts = await engine.person.retune(new Uint8Array(await file.arrayBuffer()));
      this.#desk.takePerson(facts, 'Tuned');
    });
  }

  /** Ends tuning early and keeps what it has found. */
  stopTuning(): void {
    void this.#desk.engine.person.stopTuning();
  }

  /** Back to the inversion that tuning began with. */
  async untune(): Promise<void> {
    const { notices, engine, look, stage } = this.#desk;
    await notices.watch(async () => {
      const facts = await engine.person.untune();
      look.reset();
      this.#desk.again = this.#inverted;
      this.#desk.takePerson(facts, 'Reconstruction');
      stage.status.value = 'As inverted, no edits';
    });
  }

  /** Hands the picture, the photo with it put back, or the person's file to the browser. */
  async save(what: 'png' | 'pasted' | 'identity'): Promise<void> {
    const { engine, notices, deliver } = this.#desk;
    await notices.watch(async () => deliver(await engine.person[what]()));
  }

  /** Adds a generator as a domain, what finds latents for domains, or what inversions begin with. */
  async extend(kind: 'generator' | 'restyle' | 'e4e', file: File): Promise<void> {
    const { engine, model, stage } = this.#desk;
    if (kind === 'restyle') {
      await engine.model.addRestyle(file);
      stage.status.value = 'ReStyle-e4e: the next inversions bring latents of its own for other domains';
      return;
    }
    if (kind === 'e4e') {
      await engine.model.addE4e(file);
      stage.status.value = 'e4e: the next inversions begin with its latents; 0 steps show them alone';
      return;
    }
    const name = file.name.replace(/\.[^.]*$/, '');
    await engine.model.addDomain(name, file);
    await model.refresh();
    stage.status.value = `New domain: ${humanName(name)}; choose it under Person`;
  }

  #tagOf({ edits, domain }: Look): string {
    if (domain !== null) return humanName(domain);
    if (Object.keys(edits).length > 0) return 'Edited';
    const { value: person } = this.#desk.person;
    return person?.kind === 'tuned' ? 'Tuned' : person?.kind === 'mixed' ? 'Mix' : 'Reconstruction';
  }
}

/** What was done to the person, in words. */
export function sentenceOf({ edits, domain, step }: Look): string {
  const changes = Object.entries(edits).map(([name, edit]) => {
    const [amount, layers] = typeof edit === 'number' ? [edit, undefined] : [edit.amount, edit.layers];
    return `${humanName(name).toLowerCase()} ${signed(amount)}${layers ? ` (layers ${layers[0]}–${layers[1] - 1})` : ''}`;
  });
  const parts = [
    changes.length > 0 ? `Edited: ${changes.join(', ')}` : 'No edits',
    ...(domain === null ? [] : [`in ${domain}`]),
    ...(step === undefined ? [] : [`after step ${step}`]),
  ];
  return parts.join(' · ');
}
