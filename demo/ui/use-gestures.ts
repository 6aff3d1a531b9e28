/**
 * Pointer and wheel on the viewer: near the divider or at full view they move it, in a magnified picture they move that;
 * two fingers pinch.
 */
import type { Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { panned, type ViewWindow, zoomed } from './view-window.ts';

/** What gestures move. */
interface Moved {
  readonly view: Signal<ViewWindow>;
  readonly divider: Signal<number>;
  /** Whether there is a divider. */
  readonly both: boolean;
}

/** How near the divider a pointer grabs it, as a share of the width. */
const NEAR = 0.05;
/** Magnification of one notch of the wheel. */
const WHEEL = 1.0015;

type Point = readonly [number, number];

/** Handlers for the canvas. */
export function useGestures({ view, divider, both }: Moved) {
  const pointers = useRef(new Map<number, Point>());
  const moves = useRef<'divider' | 'picture'>('divider');
  const at = (event: PointerEvent | WheelEvent): Point => {
    const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const setDivider = (x: number): void => {
    divider.value = Math.min(1, Math.max(0, x));
  };
  const end = (event: PointerEvent): void => {
    pointers.current.delete(event.pointerId);
  };
  return {
    onPointerDown(event: PointerEvent): void {
      const point = at(event);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, point);
      const grabs = both && (view.value.zoom === 1 || Math.abs(point[0] - divider.value) < NEAR);
      moves.current = grabs ? 'divider' : 'picture';
      if (grabs) setDivider(point[0]);
    },
    onPointerMove(event: PointerEvent): void {
      const before = pointers.current.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      pointers.current.set(event.pointerId, now);
      const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (other) {
        const factor = distance(now, other) / Math.max(0.01, distance(before, other));
        const middle: Point = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
        view.value = panned(zoomed(view.value, factor, middle), (now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      } else if (moves.current === 'divider') setDivider(now[0]);
      else view.value = panned(view.value, now[0] - before[0], now[1] - before[1]);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onDblClick(event: MouseEvent): void {
      view.value = view.value.zoom > 1 ? { zoom: 1, x: 0.5, y: 0.5 } : zoomed(view.value, 3, at(event as PointerEvent));
    },
    onWheel(event: WheelEvent): void {
      if (!event.ctrlKey && view.value.zoom === 1) return; // the page scrolls
      event.preventDefault();
      view.value = zoomed(view.value, WHEEL ** -event.deltaY, at(event));
    },
  };
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(bx - ax, by - ay);
}
