/** A bitmap on the page, enlarged smoothly to as many pixels as its place has. */
import { useEffect, useRef } from 'preact/hooks';

/** What {@link BitmapView} shows. */
interface BitmapViewProps {
  readonly picture: ImageBitmap;
  /** What a screen reader says of it; nothing where the words beside it say enough. */
  readonly label: string;
  /** Side of its place in CSS pixels; the style sheet may shrink it. */
  readonly side: number;
}

/** A small picture. */
export function BitmapView({ picture, label, side }: BitmapViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const paint = (): void => {
      if (picture.width === 0) return; // closed: another takes its place at once
      context.imageSmoothingQuality = 'high';
      context.drawImage(picture, 0, 0, context.canvas.width, context.canvas.height);
    };
    paint();
    // a canvas that the GPU held is empty when the GPU is back
    context.canvas.addEventListener('contextrestored', paint);
    return () => context.canvas.removeEventListener('contextrestored', paint);
  }, [picture]);
  const pixels = Math.round(side * Math.min(2, globalThis.devicePixelRatio || 1));
  const height = Math.round((pixels * picture.height) / Math.max(1, picture.width)) || pixels;
  const said = label === '' ? ({ 'aria-hidden': true } as const) : ({ role: 'img', 'aria-label': label } as const);
  return <canvas ref={canvas} width={pixels} height={height} {...said} />;
}
