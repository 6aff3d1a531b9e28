/** Every picture of a folder, smiling: `node batch.mjs FOLDER OUT`. Needs `npm install hyperstyle-webgpu webgpu sharp`. */
import { mkdir, readdir } from 'node:fs/promises';
import { load, readPicture, writePicture } from 'hyperstyle-webgpu/node';

const [folder, out] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const hs = await load('models/clay-portraits-128');
for (const name of (await readdir(folder)).filter((file) => /\.(png|jpe?g|webp)$/i.test(file))) {
  const person = await hs.invert(await readPicture(`${folder}/${name}`));
  await person.edit({ smile: 1.5 });
  await writePicture(`${out}/${name}.png`, await person.toImageData());
  person.dispose();
}
process.exit(); // Dawn keeps the process alive
