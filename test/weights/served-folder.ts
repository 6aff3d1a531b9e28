/** A small model folder behind a server of the test's own. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { sendPart, serve } from './server.ts';

/** A model folder with three shards of one row-split tensor, in memory; its values start at `first`. */
export function folder(first = 0): { files: Map<string, Uint8Array>; shardBytes: number } {
  const rows = Float32Array.from({ length: 6 * 500 }, (_, i) => first + i);
  const files = new Map<string, Uint8Array>();
  const shards = [0, 1, 2].map((k) => {
    const header = safetensorsHeader([{ name: `t#rows=${2 * k}:${2 * k + 2}`, dtype: 'f32', shape: [2, 500] }]);
    const bytes = new Uint8Array([...header, ...new Uint8Array(rows.buffer, k * 4000, 4000)]);
    files.set(`s${k}`, bytes);
    return { file: `s${k}`, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const architecture = {
    size: 8,
    styleDim: 4,
    mappingLayers: 1,
    latentCount: 4,
    channels: { 4: 2, 8: 2 },
    inputSize: 32,
    cropRows: null,
    encoder: null,
    hypernetwork: null,
  };
  const manifest = {
    format: 'hyperstyle-webgpu',
    version: 1,
    name: 'm',
    dtype: 'f32',
    parameters: 3000,
    architecture,
    shards,
    tensors: { t: { dtype: 'f32', shape: [6, 500] } },
  };
  files.set('model.json', new TextEncoder().encode(JSON.stringify(manifest)));
  return { files, shardBytes: shards[0]?.bytes ?? 0 };
}

/** Answers a request in the folder's place: true when it did. `count` is 1 for the first request of a file. */
type Spoil = (name: string, count: number, response: ServerResponse, request: IncomingMessage) => boolean;

/** Serves a folder; `spoil` may answer a request instead. Returns the address and the requests by file. */
export async function serveFolder(spoil: Spoil = () => false) {
  const { files, shardBytes } = folder();
  const requests = new Map<string, number>();
  const url = await serve((request, response) => {
    const name = new URL(request.url ?? '', 'http://h').pathname.split('/').at(-1) ?? '';
    const count = (requests.get(name) ?? 0) + 1;
    requests.set(name, count);
    const data = request.url?.startsWith('/models/m/') ? files.get(name) : undefined;
    if (spoil(name, count, response, request)) return;
    if (data) sendPart(request, response, data, data.length);
    else response.writeHead(404).end();
  });
  return { url: new URL('models/m', url), requests, shardBytes, files };
}
