/** A dialog with the camera's picture and a button that takes it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from './context.ts';

/** Sides of the picture that is asked for. */
const WANTED = { width: { ideal: 1280 }, height: { ideal: 960 }, facingMode: 'user' } as const;

/** The dialog. */
export function CameraDialog({ onClose }: { readonly onClose: () => void }) {
  const app = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [error, setError] = useState('');
  const [running, setRunning] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    let stream: MediaStream | undefined;
    let over = false;
    const stop = (): void => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    openCamera()
      .then((opened) => {
        stream = opened;
        if (over || !video.current) return stop();
        video.current.srcObject = opened;
        return undefined;
      })
      .catch((cause: unknown) => setError(cameraWords(cause)));
    return () => {
      over = true;
      stop();
    };
  }, []);
  const take = async (): Promise<void> => {
    if (!video.current) return;
    const photo = await stillOf(video.current);
    onClose();
    await app.openFiles([photo]);
  };
  return (
    <dialog ref={dialog} class="camera" aria-label="Camera" onClose={onClose}>
      {error ? (
        <p>{error}</p>
      ) : (
        // a camera that has been opened has no picture yet
        <video
          ref={video}
          autoplay
          muted
          playsInline
          aria-label="What the camera sees"
          onLoadedData={() => setRunning(true)}
        />
      )}
      <div class="buttons">
        {!error && (
          <button
            type="button"
            class="primary"
            id="take"
            disabled={!running}
            onClick={() => app.desk.notices.watch(take)}
          >
            Take the picture
          </button>
        )}
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}

async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException('', 'NotSupportedError');
  return navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
}

/** Why there is no picture, with a way out. */
function cameraWords(cause: unknown): string {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotAllowedError') {
    return 'The browser does not let this page use the camera. Allow it beside the address, or choose a photo instead.';
  }
  if (name === 'NotFoundError') return 'There is no camera here. Choose a photo instead.';
  if (name === 'NotReadableError') return 'Another program uses the camera. Close that one, or choose a photo instead.';
  return 'The camera cannot be opened in this browser. Choose a photo instead.';
}

/** The picture of the moment as a file, mirrored back as others see it. */
async function stillOf(video: HTMLVideoElement): Promise<File> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new File([await canvas.convertToBlob({ type: 'image/png' })], 'camera.png', { type: 'image/png' });
}
