/** A component that inverts a photo and follows a slider. Moving it fast shows the newest value: older ones are left out. */
import type { RemoteModel, RemotePerson } from 'hyperstyle-webgpu/worker';
import { loadInWorker } from 'hyperstyle-webgpu/worker';
import { StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const MODEL = '/models/clay-portraits-128/'; // a copy in public/

function Portrait({ hs, photo, smile }: { hs: RemoteModel; photo: Blob | string; smile: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [person, setPerson] = useState<RemotePerson>();
  useEffect(() => {
    const stop = new AbortController();
    const blob = typeof photo === 'string' ? fetch(photo).then((answer) => answer.blob()) : Promise.resolve(photo);
    blob.then((source) => hs.invert(source, { steps: 1, signal: stop.signal })).then(setPerson, () => undefined);
    return () => stop.abort();
  }, [hs, photo]);
  useEffect(() => () => person?.dispose(), [person]);
  useEffect(() => {
    let newest = true;
    person?.edit({ smile }).then(() => {
      if (!newest || !canvas.current) return;
      person.draw(canvas.current);
      document.title = 'ready';
    });
    return () => {
      newest = false;
    };
  }, [person, smile]);
  return <canvas ref={canvas} />;
}

function App() {
  const [hs, setModel] = useState<RemoteModel>();
  const [photo, setPhoto] = useState<Blob | string>(`${MODEL}samples/portrait-4.png`);
  const [smile, setSmile] = useState(1);
  useEffect(() => {
    const loading = loadInWorker(MODEL, { recover: true });
    loading.then(setModel, (error: Error) => (document.title = `failed: ${error.message}`));
    return () => void loading.then((model) => model.dispose());
  }, []);
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
