/** A component that inverts a photo and follows a slider: moved fast, it shows the newest value alone. */
import type { RemoteModel, RemotePerson } from 'hyperstyle-webgpu/worker';
import { loadInWorker } from 'hyperstyle-webgpu/worker';
import { StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const MODEL = '/models/clay-portraits-128/'; // a copy in public/
const tell = ({ message }: Error) => Object.assign(document, { title: `failed: ${message}` });

function Portrait({ hs, photo, smile }: { hs: RemoteModel; photo: Blob | string; smile: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [person, setPerson] = useState<RemotePerson>();
  useEffect(() => {
    const stop = new AbortController();
    const blob = typeof photo === 'string' ? fetch(photo).then((answer) => answer.blob()) : Promise.resolve(photo);
    const invert = blob.then((source) => hs.invert(source, { steps: 1, signal: stop.signal }));
    invert.then(setPerson, (error) => stop.signal.aborted || tell(error));
    return () => stop.abort();
  }, [hs, photo]);
  useEffect(() => () => person?.dispose(), [person]);
  useEffect(() => {
    const moved = new AbortController();
    person?.edit({ smile }).then(() => {
      if (canvas.current && !moved.signal.aborted) person.draw(canvas.current);
      document.title = 'ready';
    });
    return () => moved.abort();
  }, [person, smile]);
  return <canvas ref={canvas} />;
}

function App() {
  const [hs, setModel] = useState<RemoteModel>();
  const [photo, setPhoto] = useState<Blob | string>(`${MODEL}samples/portrait-4.png`);
  const [smile, setSmile] = useState(1);
  useEffect(() => {
    const stop = new AbortController(); // StrictMode mounts twice: the first load is called off
    const load = loadInWorker(MODEL, { recover: true, signal: stop.signal });
    load.then(setModel, (error) => stop.signal.aborted || tell(error));
    return () => stop.abort();
  }, []);
  useEffect(() => () => hs?.dispose(), [hs]);
  if (!hs) return <p>Loading …</p>;
  return (
    <>
      <input type="file" accept="image/*" onChange={({ target }) => setPhoto(target.files?.[0] ?? photo)} />
      <input type="range" min={-3} max={3} step={0.1} value={smile} onChange={(e) => setSmile(+e.target.value)} />
      <Portrait hs={hs} photo={photo} smile={smile} />
    </>
  );
}

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
