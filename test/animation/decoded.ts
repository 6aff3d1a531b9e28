/** Video files read again by the browser's decoder. */
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';

/** Size of a video, and of each frame the time and one pixel. @param at where that pixel lies; default: inside of small frames */
export async function decoded(video: Blob, [x, y]: readonly [x: number, y: number] = [20, 16]) {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(video) });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('the file has no video');
  const canvas = new OffscreenCanvas(track.displayWidth, track.displayHeight);
  const context = canvas.getContext('2d');
  const frames: { time: number; pixel: number[] }[] = [];
  for await (const sample of new VideoSampleSink(track).samples()) {
    if (context) sample.draw(context, 0, 0);
    const pixel = [...(context?.getImageData(x, y, 1, 1).data.subarray(0, 3) ?? [])];
    frames.push({ time: sample.timestamp, pixel });
    sample.close();
  }
  return { width: canvas.width, height: canvas.height, frames };
}
