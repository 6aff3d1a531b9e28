/** Paints the viewer: one picture left of the divider, another right of it, both in the same window. */
import type { ViewWindow } from './view-window.ts';

/** What is painted. */
export interface Comparison {
  readonly before: ImageBitmap | null;
  readonly after: ImageBitmap | null;
  /** Where the divider stands, 0 to 1. */
  readonly divider: number;
  readonly view: ViewWindow;
}

/** Fills the canvas. */
export function paintCompare(context: CanvasRenderingContext2D, { before, after, divider, view }: Comparison): void {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  if (after) paint(context, after, view);
  if (!before) return;
  context.save();
  if (after) {
    context.beginPath();
    context.rect(0, 0, Math.round(divider * width), height);
    context.clip();
  }
  paint(context, before, view);
  context.restore();
}

/** Covers the canvas with the part of `picture` that `view` shows. */
function paint(context: CanvasRenderingContext2D, picture: ImageBitmap, { zoom, x, y }: ViewWindow): void {
  if (picture.width === 0) return; // closed: another takes its place at once
  const { width, height } = context.canvas;
  context.drawImage(picture, width * (0.5 - x * zoom), height * (0.5 - y * zoom), width * zoom, height * zoom);
}
