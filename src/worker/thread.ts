/**
 * What runs in the worker: a dedicated one serves the page that started it, a shared one every page that
 * connects, each with models of its own.
 */
import type { Port } from './channel.ts';
import { serve } from './server.ts';

const scope: unknown = globalThis;

if (scope instanceof Object && 'onconnect' in scope) {
  scope.onconnect = ({ ports: [port] }: MessageEvent) => {
    if (port) serve(port);
  };
} else serve(scope as Port);
