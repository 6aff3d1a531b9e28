/** Which part of the picture the viewer shows: a magnification and the point in the middle, in shares of the picture (pure). */

/** 1 shows all of it. */
export interface ViewWindow {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

/** All of the picture. */
export const WHOLE: ViewWindow = { zoom: 1, x: 0.5, y: 0.5 };

/** More than this shows only blur. */
export const MOST_ZOOM = 16;

/** Within the picture: nothing beside it is ever shown. */
function bounded({ zoom, x, y }: ViewWindow): ViewWindow {
  const z = Math.min(MOST_ZOOM, Math.max(1, zoom));
  const half = 0.5 / z;
  const within = (value: number): number => Math.min(1 - half, Math.max(half, value));
  return { zoom: z, x: within(x), y: within(y) };
}

/** Magnified by `factor` around a point of the frame, which stays where it is; `(0.5, 0.5)` is its middle. */
export function zoomed(view: ViewWindow, factor: number, [fx, fy]: readonly [number, number] = [0.5, 0.5]): ViewWindow {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor));
  const [px, py] = [view.x + (fx - 0.5) / view.zoom, view.y + (fy - 0.5) / view.zoom];
  return bounded({ zoom, x: px - (fx - 0.5) / zoom, y: py - (fy - 0.5) / zoom });
}

/** Moved by shares of the frame. */
export function panned(view: ViewWindow, dx: number, dy: number): ViewWindow {
  return bounded({ ...view, x: view.x - dx / view.zoom, y: view.y - dy / view.zoom });
}
