/**
 * The library in Node, an entry of its own (`hyperstyle-webgpu/node`): models from disk, pictures from and to disk,
 * WebGPU by Dawn. The packages `webgpu` and `sharp` are the program's own.
 *
 * ```ts
 * const hs = await load('models/clay-portraits-128');
 * const person = await hs.invert(await readPicture('me.jpg'));
 * await writePicture('me-again.png', await person.toImageData());
 * ```
 *
 * @module hyperstyle-webgpu/node
 */
export * from './index.ts';
export { load } from './node/load.ts';
export { type NodeFile, openNodeFile, openNodeFolder } from './node/node-file.ts';
export { readPicture, writePicture } from './node/pictures.ts';
