/** Every picture of a folder, smiling: `node batch.mjs FOLDER OUT`. Needs `npm install hyperstyle-webgpu webgpu sharp`. */
import { mkdir, readdir } from 'node:fs/promises';
import { parse } from 'node:path';
import { load, readPicture, writePicture } from 'hyperstyle-webgpu/node';

const [folder, out] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const hs = await load('models/clay-portraits-128');
for (const name of (await readdir(folder)).filter((file) => /\.(png|jpe?g|webp)$/i.test(file))) {
  try {
    const person = await hs.invert(await readPicture(`${folder}/${name}`));
    await person.edit({ smile: 1.5 });
    await writePicture(`${out}/${parse(name).name}.png`, await person.toImageData());
    person.dispose();
  } catch (error) {
    console.error(error.message); // one bad picture does not stop the others
  }
}
process.exit(); // Dawn keeps the process alive
