/** The stage: what lies before and after the divider, the steps beside it, and the line of words below. */
import { computed, signal } from '@preact/signals';
import type { StepFacts } from '../engine/facts.ts';
import { bitmapSignal, swap } from './pictures.ts';

/** What the stage is for at the moment. */
export type StageMode = 'empty' | 'crop' | 'person' | 'nobody';

/** What the picture is compared with. */
export type BeforeChoice = 'photo' | 'first';

/** The stage's state. */
export class StageState {
  readonly mode = signal<StageMode>('empty');
  /** The photo's part that was inverted. */
  readonly photo = bitmapSignal();
  /** The newest picture. */
  readonly after = bitmapSignal();
  readonly afterTag = signal('');
  readonly beforeChoice = signal<BeforeChoice>('photo');
  readonly errorMap = bitmapSignal();
  /** Whether the map of errors lies over the picture. */
  readonly showsErrors = signal(false);
  readonly steps = signal<readonly StepFacts[]>([]);
  /** How many steps are still to come. */
  readonly awaited = signal(0);
  readonly status = signal('');

  /** What lies left of the divider. */
  readonly before = computed(() => {
    const first = this.steps.value[0]?.picture ?? null;
    return this.beforeChoice.value === 'first' && first ? first : this.photo.value;
  });

  readonly beforeTag = computed(() =>
    this.beforeChoice.value === 'first' && this.steps.value.length > 0 ? 'First guess y₀' : 'Photo',
  );

  /** Shows a picture on the right. */
  showAfter(picture: ImageBitmap, tag: string): void {
    swap(this.after, picture);
    this.afterTag.value = tag;
  }

  /** Empties the stage for `photo`, which may be none. */
  begin(photo: ImageBitmap | null, mode: StageMode): void {
    swap(this.photo, photo);
    swap(this.after, null);
    this.clearSteps();
    this.hideErrors();
    this.status.value = '';
    this.mode.value = mode;
  }

  /** Adds y_t. */
  addStep(step: StepFacts): void {
    this.steps.value = [...this.steps.value, step];
    this.awaited.value = Math.max(0, this.awaited.value - 1);
  }

  /** Takes all steps away. */
  clearSteps(): void {
    const { value } = this.steps;
    this.steps.value = [];
    this.awaited.value = 0;
    for (const { picture } of value) picture.close();
  }

  /** Shows the map of errors, or null where there is none. */
  showErrors(map: ImageBitmap | null): void {
    swap(this.errorMap, map);
  }

  /** Takes the map away. */
  hideErrors(): void {
    this.showsErrors.value = false;
    swap(this.errorMap, null);
  }
}
