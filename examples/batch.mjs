/** Every picture of a folder, smiling: `node batch.mjs FOLDER OUT`. Needs `npm install hyperstyle-webgpu webgpu sharp`. */
import { mkdir, readdir } from 'node:fs/promises';
import { load, readPicture, writePicture } from 'hyperstyle-webgpu/node';

const [folder = 'photos', out = 'smiling'] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const hs = await load('models/clay-portraits-128');
for (const name of (await readdir(folder)).filter((file) => /\.(png|jpe?g|webp)$/i.test(file))) {
  let person;
  try {
    person = await hs.invert(await readPicture(`${folder}/${name}`));
    await person.edit({ smile: 1.5 });
    await writePicture(`${out}/${name}.png`, await person.toImageData()); // me.jpg.png: me.jpg and me.png are two pictures
  } catch (error) {
    console.error(error.message); // one bad picture does not stop the others
  } finally {
    person?.dispose();
  }
}
process.exit(); // Dawn keeps the process alive
