/** The face models' files: where they are, and reading one. */
import { ensure, HyperStyleError } from '../errors.ts';
import { type GraphModel, readGraphModel } from '../weights/graph-model.ts';

/** Where the face models are: the address of their folder, or what gives one of its files by name. */
export type FaceSource = string | URL | ((file: string) => Promise<Uint8Array>);

/** A network's weights by the name of its files. @throws `network` and `file` errors when it is missing or damaged */
export async function readFaceModel(source: FaceSource, name: string): Promise<GraphModel> {
  const [json, values] = await Promise.all([readFile(source, `${name}.json`), readFile(source, `${name}.bin`)]);
  return readGraphModel(name, json, values);
}

async function readFile(source: FaceSource, file: string): Promise<Uint8Array> {
  if (typeof source === 'function') return source(file);
  const folder = String(source).replace(/\/?$/, '/');
  const address = new URL(folder + file, globalThis.location?.href);
  const bad = (why: string): string =>
    `face model ${address.href}: ${why}; copy BlazeFace and FaceMesh there or name their folder (load option faces)`;
  const response = await fetch(address).catch((cause: unknown) => {
    throw new HyperStyleError('network', bad('cannot be fetched'), { cause });
  });
  ensure(response.ok, 'file', () => bad(`the server answers ${response.status}`));
  return new Uint8Array(await response.arrayBuffer());
}
