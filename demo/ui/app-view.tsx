/** The whole page. */
import type { App } from '../state/app.ts';
import { AppContext } from './context.ts';
import { DropZone } from './drop-zone.tsx';
import { NoticeCard } from './messages.tsx';
import { Panel } from './panel.tsx';
import { Picker } from './picker.tsx';
import { Stage } from './stage.tsx';
import { Unavailable } from './unavailable.tsx';

/** The page around `app`. */
export function AppView({ app }: { readonly app: App }) {
  return (
    <AppContext.Provider value={app}>
      <Header />
      {app.unavailable.value === null ? (
        <main class="studio">
          <Picker />
          <Stage />
          <Panel />
        </main>
      ) : (
        <Unavailable why={app.unavailable.value} />
      )}
      <NoticeCard />
      <DropZone app={app} />
    </AppContext.Provider>
  );
}

function Header() {
  return (
    <header class="top">
      <h1>
        HyperStyle <span>in the browser</span>
      </h1>
      <p>
        A portrait goes in; a generator re-tuned to it comes out, ready to edit. It all runs on your GPU: no picture
        leaves this page.
      </p>
      <a href="./train.html">Train it yourself</a>
      {import.meta.env.DEV && <a href="../bench/">Benchmarks</a>}
    </header>
  );
}
