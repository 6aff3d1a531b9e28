/** The whole page takes dropped and pasted files; a curtain says so while one hovers. */
import { useEffect, useState } from 'preact/hooks';
import type { App } from '../state/app.ts';
import { filesOf } from './dropped-files.ts';

/** The curtain. */
export function DropZone({ app }: { readonly app: App }) {
  const [hovers, setHovers] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setHovers(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setHovers(false);
    };
    const take = (transfer: DataTransfer | null): void => {
      if (!transfer) return;
      const files = filesOf(transfer); // entries must be taken before the event returns
      void app.desk.notices.watch(async () => app.openFiles(await files));
    };
    addEventListener('dragover', over, { signal });
    addEventListener('dragleave', leave, { signal });
    addEventListener(
      'drop',
      (event) => {
        event.preventDefault();
        setHovers(false);
        take(event.dataTransfer);
      },
      { signal },
    );
    addEventListener('paste', (event) => take(event.clipboardData), { signal });
    return () => listening.abort();
  }, [app]);
  return hovers ? (
    <div class="drop" aria-hidden="true">
      <p>Drop a photo, a person, edit directions or a model</p>
    </div>
  ) : null;
}
