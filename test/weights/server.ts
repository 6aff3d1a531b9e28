/** A server on this machine whose answers a test writes, closed again after each test. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

const running: Server[] = [];

/** Serves with `answer`; returns the address. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const server = createServer(answer);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** First byte that a request asks for. */
export const startOf = (request: IncomingMessage): number =>
  Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);

/** Sends `bytes` of the range asked for, then breaks the connection. */
export function sendPart(
  request: IncomingMessage,
  response: ServerResponse,
  data: Uint8Array,
  bytes: number,
  ranges = true,
): void {
  const from = ranges ? startOf(request) : 0;
  const headers = { 'content-length': data.length - from };
  if (from > 0)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${data.length - 1}/${data.length}` });
  else response.writeHead(200, headers);
  response.write(data.subarray(from, from + bytes), () =>
    from + bytes < data.length ? response.destroy() : response.end(),
  );
}
