/**
 * The page's state as one tree, and what happens when it opens: the model is loaded, what the address says is
 * shown, files find their way, and a lost GPU is got back.
 */
import { effect, signal } from '@preact/signals';
import { HyperStyleError, personKind } from '../../src/index.ts';
import type { DrawMode } from '../engine/pictures.ts';
import type { RemoteEngine } from '../engine/remote.ts';
import { type Address, addressOf } from './address.ts';
import { CastState } from './cast.ts';
import { type Deliver, Desk } from './desk.ts';
import { DiscoveryActions } from './discovery-actions.ts';
import { InsightActions } from './insight-actions.ts';
import { ModelState, type Places } from './model.ts';
import { Notices } from './notices.ts';
import { PeopleActions } from './people-actions.ts';
import { PersonActions } from './person-actions.ts';
import { PortraitActions } from './portrait-actions.ts';
import { Recovery } from './recovery.ts';
import { Tasks } from './task.ts';

/** Panels, in the order of their tabs. */
export const TABS = ['edit', 'person', 'people', 'methods', 'save', 'model'] as const;

/** One of {@link TABS}. */
export type Tab = (typeof TABS)[number];

/** What the page brings. */
export interface AppParts {
  readonly engine: RemoteEngine;
  readonly places: Places;
  readonly address: Address;
  readonly draw: DrawMode;
  readonly deliver: Deliver;
}

/** Files that hold edit directions, StyleCLIP's `S_mean_std` among them. */
const DIRECTIONS = /\.(pt|npy|safetensors|json)$|^S_mean_std/i;
/** Files that may hold networks. */
const CHECKPOINTS = /\.(pt|pth|pkl|bin|safetensors)$/i;
/** Bytes of a person's file at most: every weight of a tuned generator is less. */
const LARGEST_PERSON = 2 ** 28;
/** Rendered portraits kept in the strip; the oldest leaves first. */
const KEPT_PORTRAITS = 6;

/** A rendered portrait in the strip. */
export interface PortraitTile {
  readonly seed: number;
  readonly file: Blob;
  readonly url: string;
}

/** The page's state and everything that can be done. */
export class App {
  readonly desk: Desk;
  readonly portraits: PortraitActions;
  readonly person: PersonActions;
  readonly people: PeopleActions;
  readonly discovery: DiscoveryActions;
  readonly insight: InsightActions;
  readonly tab = signal<Tab>('edit');
  /** Why nothing can run here, when nothing can. */
  readonly unavailable = signal<string | null>(null);
  readonly tiles = signal<readonly PortraitTile[]>([]);
  readonly #parts: AppParts;
  readonly #recovery: Recovery;
  /** What the address asks for and is still to be shown. */
  readonly #firstLook = signal<Pick<Address, 'edits' | 'domain'> | null>(null);

  constructor(parts: AppParts) {
    const { engine, places, draw, address, deliver } = parts;
    this.#parts = parts;
    this.#firstLook.value = address;
    const model = new ModelState(engine, places, draw, (message) => void this.#recovery.recover(message));
    const [notices, tasks, cast] = [new Notices(), new Tasks(), new CastState()];
    this.desk = new Desk({ engine, model, notices, tasks, cast, deliver });
    this.desk.steps.value = address.steps;
    this.tab.value = TABS.find((tab) => tab === address.tab) ?? 'edit';
    this.person = new PersonActions(this.desk);
    this.people = new PeopleActions(this.desk, () => this.person.redraw());
    this.discovery = new DiscoveryActions(this.desk);
    this.insight = new InsightActions(this.desk);
    this.portraits = new PortraitActions(this.desk, () => this.#arrived());
    this.#recovery = new Recovery(this.desk, address, {
      redraw: () => this.person.redraw(),
      showErrors: (on) => this.person.showErrors(on),
    });
  }

  /** Loads the model and shows what the address asks for. */
  async start(): Promise<void> {
    await this.#startWith(this.#parts.address.model);
  }

  async #startWith(source: string | null): Promise<void> {
    const { address } = this.#parts;
    if (!(await this.openModel(source))) return;
    if (address.portrait !== null) return this.pickPortrait(address.portrait);
    const samples = this.desk.model.samples.value.length;
    // the very first is the plain one, and accessories are what the method is about
    if (samples > 0) await this.pickSample(Math.min(samples - 1, address.sample ?? 1));
  }

  /** Loads a model from an address or files; null is the one that ships. */
  async openModel(source: string | readonly File[] | null): Promise<boolean> {
    const { notices, model, cast } = this.desk;
    notices.clear();
    try {
      await model.load(source, this.#parts.address);
    } catch (error) {
      this.#loadFailed(error, source);
      return false;
    }
    if (model.address !== this.#parts.address.model) this.#firstLook.value = null; // it was meant for another model
    cast.clear();
    this.insight.forgetModel();
    this.portraits.forget();
    this.desk.again = null; // whoever was there is not of this model
    this.desk.stage.begin(null, 'empty');
    return true;
  }

  #loadFailed(error: unknown, source: string | readonly File[] | null): void {
    const { notices, model } = this.desk;
    const nothing = model.facts.value === null;
    if (nothing && error instanceof HyperStyleError && error.code === 'device') {
      this.unavailable.value = error.message;
      return;
    }
    // a page that has nothing yet begins anew: a model alone would leave the stage empty
    const first = source === this.#parts.address.model;
    const again = { label: 'Try again', work: () => void (first ? this.start() : this.openModel(source)) };
    if (nothing && error instanceof HyperStyleError && error.code === 'aborted') {
      notices.show('The model was not loaded, since you cancelled it.', again);
      return;
    }
    const code = error instanceof HyperStyleError ? error.code : null;
    // an address that leads nowhere does so the second time as well
    const other = { label: 'Use the model that ships', work: () => void this.#startWith(null) };
    const repair = source !== null && code !== 'network' ? other : again;
    notices.report(error, nothing ? repair : model.lost.value ? this.#recovery.retry : undefined);
  }

  /** Inverts a sample of the model. */
  async pickSample(index: number): Promise<void> {
    const url = this.desk.model.samples.value[index];
    if (url === undefined) return;
    const choice = { kind: 'sample', index } as const;
    this.portraits.choice.value = choice;
    await this.desk.notices.watch(
      async () => {
        const answer = await fetch(url).catch((cause: unknown) => {
          throw new HyperStyleError('network', 'this sample cannot be fetched: look after the network', { cause });
        });
        if (!answer.ok)
          throw new HyperStyleError('network', `this sample cannot be fetched: the server answers ${answer.status}`);
        const file = await answer.blob();
        // whoever has pressed something else meanwhile wants that
        if (this.portraits.choice.value === choice) await this.portraits.openPortrait(file, choice);
      },
      { label: 'Try again', work: () => void this.pickSample(index) },
    );
  }

  /** Renders a portrait nobody has seen, or that of a seed, and inverts it. */
  async pickPortrait(seed: number = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0): Promise<void> {
    const choice = { kind: 'portrait', seed } as const;
    this.portraits.choice.value = choice;
    await this.desk.notices.watch(async () => {
      const file = await this.#rendered(seed);
      if (this.portraits.choice.value === choice) await this.portraits.openPortrait(file, choice);
    });
  }

  /** The file of a seed's portrait, which the strip has from then on. */
  async #rendered(seed: number): Promise<Blob> {
    const known = this.tiles.value.find((tile) => tile.seed === seed);
    if (known) return known.file;
    const file = await this.desk.engine.portrait(seed);
    const gone = this.tiles.value.slice(KEPT_PORTRAITS - 1);
    this.tiles.value = [{ seed, file, url: URL.createObjectURL(file) }, ...this.tiles.value].slice(0, KEPT_PORTRAITS);
    for (const { url } of gone) URL.revokeObjectURL(url);
    return file;
  }

  /** Files that were dropped, pasted or picked go where they belong. */
  async openFiles(files: readonly File[]): Promise<void> {
    const [file] = files;
    if (!file) return;
    await this.desk.notices.watch(async () => {
      if (files.some(({ name }) => name === 'model.json')) return this.openModel(files);
      if (await isPerson(file)) return this.portraits.restore(file);
      if (file.type.startsWith('image/')) return this.portraits.openPhoto(file);
      const checkpoints = files.every(({ name }) => CHECKPOINTS.test(name));
      if (checkpoints && (await this.#openCheckpoints(files))) return;
      if (files.every(({ name }) => DIRECTIONS.test(name))) return this.discovery.addFiles(files);
      throw new HyperStyleError(
        'file',
        `${file.name}: this page opens pictures, .identity files, edit directions (.pt, .npy, .safetensors, .json), ` +
          "HyperStyle's checkpoint together with its W encoder's, and model folders with a model.json; choose one of those",
      );
    });
  }

  /** Files with networks: a pair is a model, a generator a domain of the one in use. @returns whether they were any */
  async #openCheckpoints(files: readonly File[]): Promise<boolean> {
    const kinds = await this.desk.engine.model.kindsOf(files);
    const [file] = files;
    if (!file || kinds.every((kind) => kind === null)) return false;
    if (files.length === 2 && kinds.includes('encoder')) {
      await this.openModel(files);
      return true;
    }
    const [kind] = kinds;
    if (files.length === 1 && (kind === 'generator' || kind === 'restyle' || kind === 'e4e')) {
      await this.person.extend(kind, file);
      return true;
    }
    const other = kind === 'encoder' ? "HyperStyle's checkpoint" : "its W encoder's checkpoint";
    throw new HyperStyleError('file', `${file.name}: choose or drop it together with ${other}, two files at once`);
  }

  /** Keeps the address in step with the state. @param write puts `?…` into it */
  followAddress(write: (search: string) => void): () => void {
    return effect(() => {
      const { model, steps, look } = this.desk;
      const choice = this.portraits.choice.value;
      const { address } = this.#parts;
      const first = this.#firstLook.value;
      if (model.facts.value === null) return; // nothing has been read from it yet
      const chosen = first && choice === null ? address : null;
      write(
        addressOf({
          ...address,
          model: model.address,
          sample: choice?.kind === 'sample' ? choice.index : (chosen?.sample ?? null),
          portrait: choice?.kind === 'portrait' ? choice.seed : (chosen?.portrait ?? null),
          steps: steps.value,
          edits: first ? first.edits : look.edits.value,
          domain: first ? first.domain : look.domain.value,
          tab: this.tab.value === 'edit' ? null : this.tab.value,
        }),
      );
    });
  }

  /** A new person is on the stage. */
  #arrived(): void {
    this.insight.forget();
    const first = this.#firstLook.value;
    this.#firstLook.value = null;
    const { look, model } = this.desk;
    const facts = model.facts.value;
    if (!first || !facts) return;
    look.takeEdits(first.edits, facts.directions);
    look.domain.value = first.domain !== null && facts.domains.includes(first.domain) ? first.domain : null;
    if (look.changed.value) void this.person.redraw();
  }
}

/** Whether a file holds a person; one whose name says so is taken at its word, and the model tells what is wrong with it. */
async function isPerson(file: File): Promise<boolean> {
  if (file.name.endsWith('.identity')) return true;
  if (!file.name.endsWith('.safetensors') || file.size > LARGEST_PERSON) return false;
  return (await personKind(new Uint8Array(await file.arrayBuffer()))) !== null;
}
