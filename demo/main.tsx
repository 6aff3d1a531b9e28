/** Starts the page: the engine, the state around it, and the view of that. */
import { render } from 'preact';
import { connect } from './engine/connect.ts';
import type { DrawMode } from './engine/pictures.ts';
import type { RemoteEngine } from './engine/remote.ts';
import { PLACES } from './places.ts';
import { readAddress } from './state/address.ts';
import { App } from './state/app.ts';
import { AppView } from './ui/app-view.tsx';
import { download } from './ui/download.ts';
import './style/index.css';

const REMEMBERED = 'hyperstyle-draw-mode';

/** How pictures are drawn here; tried once, since a trial may take the GPU process down. */
async function drawMode(engine: RemoteEngine): Promise<DrawMode> {
  const remembered = sessionStorage.getItem(REMEMBERED);
  if (remembered === 'webgpu' || remembered === 'pixels') return remembered;
  // Written first: should the trial take the page down as well, the next load does not try again.
  sessionStorage.setItem(REMEMBERED, 'pixels');
  const mode = (await engine.canvasWorks()) ? 'webgpu' : 'pixels';
  sessionStorage.setItem(REMEMBERED, mode);
  return mode;
}

async function start(): Promise<void> {
  const { engine } = await connect();
  const app = new App({
    engine,
    places: PLACES,
    address: readAddress(location.search),
    draw: await drawMode(engine),
    deliver: download,
  });
  const root = document.getElementById('app');
  if (!root) throw new Error('index.html: there is no #app');
  root.replaceChildren();
  render(<AppView app={app} />, root);
  app.followAddress((search) => history.replaceState(null, '', search || location.pathname));
  await app.start();
  // after the model: what is kept for later must not slow the first visit down
  if (import.meta.env.PROD) await navigator.serviceWorker?.register('./sw.js');
}

start().catch(console.error);
