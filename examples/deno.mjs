/**
 * Deno has WebGPU of its own: `deno run --unstable-webgpu -A deno.mjs PHOTO OUT.png`, with
 * `deno add npm:hyperstyle-webgpu npm:sharp` before it.
 */
import { load, readPicture, writePicture } from 'hyperstyle-webgpu/node';

const [photo, out] = Deno.args;
const hs = await load('models/clay-portraits-128');
const person = await hs.invert(await readPicture(photo), {
  steps: 2,
  onStep: ({ index, l2 }) => console.log(`y_${index}: ${l2.toFixed(4)}`),
});
await person.edit({ smile: 1.5 });
await writePicture(out, await person.toImageData());
await Deno.writeFile(`${out}.hyperstyle`, await person.identity());
hs.dispose();
