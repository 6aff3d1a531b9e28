/** The photo with the faces that were found, and the square that will be cut out: moved, sized and turned by three handles. */
import type { ComponentChildren, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { type Crop, quadOf } from '../engine/crop.ts';
import type { PhotoView } from '../state/photo.ts';
import { useApp } from './context.ts';
import { type Handle, moved } from './crop-keys.ts';

/** The photo and its square. */
export function CropView() {
  const app = useApp();
  const { photo } = app.desk;
  const view = photo.view.value;
  if (!view) return null;
  const searching = photo.search.value === 'searching';
  return (
    <div class="crop-view">
      <CropPicture view={view} />
      <div class="crop-words">
        <p class={searching ? 'searching' : ''} role="status">
          {searching ? 'Looking for faces …' : wordsOf(photo.faces.value.length, photo.hints.value)}
        </p>
        <button type="button" id="invert" class="primary" onClick={() => app.portraits.invertPhoto()}>
          Invert this square
        </button>
      </div>
    </div>
  );
}

function wordsOf(faces: number, hints: readonly string[]): string {
  if (hints.length > 0) return hints.join(' ');
  return faces > 1
    ? `${faces} faces were found: choose one. Drag the square to move it, its corner to size it, its top to turn it.`
    : 'Drag the square to move it, its corner to size it, its top to turn it.';
}

function CropPicture({ view }: { readonly view: PhotoView }) {
  const { photo } = useApp().desk;
  const { width, height } = view;
  const frame = useRef<HTMLDivElement>(null);
  const crop = photo.crop.value;
  const percent = (x: number, y: number) => ({ left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%` });
  const [cos, sin] = [Math.cos(crop.angle), Math.sin(crop.angle)];
  const half = crop.side / 2;
  const drag = useDrag(frame, view);
  const handle = (kind: Handle, x: number, y: number, label: string, children?: ComponentChildren) => (
    <button
      type="button"
      id={`crop-${kind}`}
      class={`crop-handle ${kind}`}
      style={percent(x, y)}
      aria-label={label}
      onPointerDown={(event) => drag(event, kind)}
      onKeyDown={(event) => {
        const next = moved(crop, kind, event.key);
        if (!next) return;
        event.preventDefault();
        photo.chosen.value = null;
        photo.adjust(next);
      }}
    >
      {children}
    </button>
  );
  return (
    <div ref={frame} class="crop-frame" style={{ '--ratio': `${width / height}` }}>
      <img src={view.url} alt={view.name} draggable={false} />
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path class="shade" fill-rule="evenodd" d={`M0 0H${width}V${height}H0Z ${pathOf(crop)}`} />
        <path class="edge" d={pathOf(crop)} vector-effect="non-scaling-stroke" />
      </svg>
      {photo.faces.value.map((face, index) => {
        const [[x, y]] = face.quad;
        return (
          <button
            type="button"
            key={`${x} ${y}`}
            class="face-mark"
            style={percent(x, y)}
            aria-pressed={photo.chosen.value === index}
            aria-label={`Face ${index + 1}`}
            onClick={() => photo.choose(index)}
          >
            {index + 1}
          </button>
        );
      })}
      {handle('move', crop.x, crop.y, 'Move the square: arrow keys', '✥')}
      {handle('size', crop.x + (cos - sin) * half, crop.y + (sin + cos) * half, 'Size of the square: arrow keys')}
      {handle('turn', crop.x + sin * half, crop.y - cos * half, 'Turn the square: arrow keys')}
    </div>
  );
}

function pathOf(crop: Crop): string {
  return `M${quadOf(crop)
    .map(([x, y]) => `${x} ${y}`)
    .join('L')}Z`;
}

/** Begins a drag of a handle: pointer positions become photo pixels. */
function useDrag(frame: { readonly current: HTMLDivElement | null }, { width, height }: PhotoView) {
  const { photo } = useApp().desk;
  return (event: TargetedPointerEvent<HTMLButtonElement>, kind: Handle): void => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    const at = (e: PointerEvent): [number, number] => [
      ((e.clientX - box.left) * width) / box.width,
      ((e.clientY - box.top) * height) / box.height,
    ];
    const begin = photo.crop.value;
    const [x0, y0] = at(event);
    const move = (e: PointerEvent): void => {
      const [x, y] = at(e);
      photo.chosen.value = null;
      if (kind === 'move') photo.adjust({ ...begin, x: begin.x + x - x0, y: begin.y + y - y0 });
      else if (kind === 'size') photo.adjust({ ...begin, side: Math.SQRT2 * Math.hypot(x - begin.x, y - begin.y) });
      else photo.adjust({ ...begin, angle: Math.atan2(x - begin.x, begin.y - y) });
    };
    const end = (): void => {
      target.removeEventListener('pointermove', move);
      target.removeEventListener('pointerup', end);
      target.removeEventListener('pointercancel', end);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end);
    target.addEventListener('pointercancel', end);
  };
}
