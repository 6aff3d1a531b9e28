/** People who were remembered: to be mixed, and to be travelled between. */
import { computed, signal } from '@preact/signals';
import type { CastMember, MixShare } from '../engine/facts.ts';

/** One of them with their sliders. */
export interface CastView extends CastMember {
  /** Share in the mix, 0 to 1 before all are divided by their sum. */
  readonly weight: number;
  /** How much of their offsets, 0 to 1.5. */
  readonly strength: number;
}

/** The cast. */
export class CastState {
  readonly members = signal<readonly CastView[]>([]);
  /** Whether the stage shows their mix, which then follows the sliders. */
  readonly mixing = signal(false);

  readonly shares = computed<readonly MixShare[]>(() =>
    this.members.value.map(({ id, weight, strength }) => ({ id, weight, strength })),
  );

  readonly ids = computed<readonly number[]>(() => this.members.value.map(({ id }) => id));

  /** Adds one, with as large a share as the others. */
  add(member: CastMember): void {
    this.members.value = [...this.members.value, { ...member, weight: 0.5, strength: 1 }];
  }

  /** Changes one's sliders. */
  set(id: number, change: Partial<Pick<CastView, 'weight' | 'strength'>>): void {
    this.members.value = this.members.value.map((member) => (member.id === id ? { ...member, ...change } : member));
  }

  /** Forgets one. */
  remove(id: number): void {
    const gone = this.members.value.find((member) => member.id === id);
    this.members.value = this.members.value.filter((member) => member.id !== id);
    gone?.picture.close();
  }

  /** Forgets all. */
  clear(): void {
    const { value } = this.members;
    this.members.value = [];
    this.mixing.value = false;
    for (const { picture } of value) picture.close();
  }
}
