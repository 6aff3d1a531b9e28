/** How the person is shown: edits by direction with their layers, strength by layer group, step, domain. */
import { computed, signal } from '@preact/signals';
import { type Edits, LAYER_GROUPS, type LayerGroup } from '../../src/index.ts';
import { AS_INVERTED, type Look } from '../engine/facts.ts';

/** Latent rows [from, to) that an edit moves; null for the direction's own. */
export type Rows = readonly [from: number, to: number] | null;

/** All of the controls' values, for {@link LookState.take}. */
export interface KeptLook extends Omit<Look, 'edits'> {
  readonly amounts: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, Rows>>;
}

/** Groups of layers as people call them. */
export const GROUP_NAMES: Readonly<Record<LayerGroup, string>> = {
  coarse: 'Shape',
  medium: 'Features',
  fine: 'Details',
  rgb: 'Colours',
};

/** The controls' values. */
export class LookState {
  /** Amounts by direction; 0 is left out. */
  readonly amounts = signal<Readonly<Record<string, number>>>({});
  /** Layers of each direction that was limited to some. */
  readonly rows = signal<Readonly<Record<string, Rows>>>({});
  readonly strength = signal<Look['strength']>(AS_INVERTED);
  /** Undefined is the last one. */
  readonly step = signal<number | undefined>(undefined);
  readonly domain = signal<string | null>(null);

  readonly edits = computed<Edits>(() => {
    const rows = this.rows.value;
    return Object.fromEntries(
      Object.entries(this.amounts.value).map(([name, amount]) => {
        const layers = rows[name];
        return [name, layers ? { amount, layers } : amount];
      }),
    );
  });

  readonly look = computed<Look>(() => ({
    edits: this.edits.value,
    strength: this.strength.value,
    step: this.step.value,
    domain: this.domain.value,
  }));

  /** Whether anything differs from the person as inverted. */
  readonly changed = computed(
    () =>
      Object.keys(this.amounts.value).length > 0 ||
      LAYER_GROUPS.some((group) => this.strength.value[group] !== 1) ||
      this.step.value !== undefined ||
      this.domain.value !== null,
  );

  /** Sets one slider. */
  setAmount(name: string, amount: number): void {
    const { [name]: _, ...others } = this.amounts.value;
    this.amounts.value = amount === 0 ? others : { ...others, [name]: amount };
  }

  /** Limits an edit to some layers. */
  setRows(name: string, rows: Rows): void {
    this.rows.value = { ...this.rows.value, [name]: rows };
  }

  /** Sets one group's strength. */
  setStrength(group: LayerGroup, value: number): void {
    this.strength.value = { ...this.strength.value, [group]: value };
  }

  /** Takes edits from an address; names the model does not have are left out. */
  takeEdits(edits: Edits, directions: readonly string[]): void {
    const known = Object.entries(edits).filter(([name]) => directions.includes(name));
    this.amounts.value = Object.fromEntries(
      known.map(([name, edit]) => [name, typeof edit === 'number' ? edit : edit.amount]),
    );
    this.rows.value = Object.fromEntries(
      known.map(([name, edit]) => [name, typeof edit === 'number' ? null : (edit.layers ?? null)]),
    );
  }

  /** All values as they are, sliders whose layers were limited included. */
  kept(): KeptLook {
    const { strength, step, domain } = this.look.value;
    return { amounts: this.amounts.value, rows: this.rows.value, strength, step, domain };
  }

  /** Takes what {@link kept} gave. */
  take({ amounts, rows, strength, step, domain }: KeptLook): void {
    this.amounts.value = amounts;
    this.rows.value = rows;
    this.strength.value = strength;
    this.step.value = step;
    this.domain.value = domain;
  }

  /** Every edit to zero; the rest stays. */
  clearEdits(): void {
    this.amounts.value = {};
    this.rows.value = {};
  }

  /** Everything as inverted. */
  reset(): void {
    this.clearEdits();
    this.strength.value = AS_INVERTED;
    this.step.value = undefined;
    this.domain.value = null;
  }
}
