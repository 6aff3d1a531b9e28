/** Answers HTTP GET and HEAD from memory or disk, with byte ranges. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A folder or file on disk (absolute path), or bytes. */
export type Source = string | Uint8Array;

/** A {@link Source}, or bytes that are made when they are asked for. */
export type Mount = Source | (() => Promise<Uint8Array>);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** The path `rest` inside the folder `mount`, or `mount` itself when `rest` is empty; undefined when it leaves it. */
export function inside(mount: string, rest: string): string | undefined {
  const root = resolve(mount);
  const path = resolve(root, `.${sep}${rest}`);
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : undefined;
}

/** First and last byte of a `Range: bytes=…` header, or undefined for none, or null for an unusable one. */
export function parseRange(header: string | undefined, size: number): [number, number] | undefined | null {
  if (header === undefined) return undefined;
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from <= to ? [from, to] : null;
}

async function sizeOf(source: Source): Promise<number | undefined> {
  if (typeof source !== 'string') return source.byteLength;
  const found = await stat(source).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

/** Sends a plain-text answer. */
export function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Sends a file or bytes, or the range of them that was asked for. */
export async function sendFile(request: IncomingMessage, response: ServerResponse, source: Source): Promise<void> {
  const size = await sizeOf(source);
  if (size === undefined) return sendText(response, 404, 'there is no such file');
  const range = parseRange(request.headers.range, size);
  if (range === null) return sendText(response, 416, `unusable range for ${size} bytes`);
  const [from, to] = range ?? [0, size - 1];
  const type = typeof source === 'string' ? TYPES[extname(source)] : undefined;
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-type': type ?? 'application/octet-stream',
    'content-length': to - from + 1,
    ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  if (request.method === 'HEAD' || size === 0) response.end();
  else if (typeof source !== 'string') response.end(source.subarray(from, to + 1));
  else await pipeline(createReadStream(source, { start: from, end: to }), response);
}
