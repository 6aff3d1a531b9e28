/**
 * Keeps the site on the visitor's machine, so that it opens without network after the first visit. Its own files and
 * the small ones of the models are kept here; the shards of weights by the library.
 */

/** What `files.json` says; the plugin beside this file writes it. */
export interface SiteFiles {
  /** Another one whenever any file is. */
  readonly version: string;
  readonly files: readonly string[];
}

/** An event of a service worker that waits for work. */
interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface RequestEvent extends WaitingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** As much of `ServiceWorkerGlobalScope` as is used; the page's DOM types do not have it. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: 'install' | 'activate', listen: (event: WaitingEvent) => void): void;
  addEventListener(name: 'fetch', listen: (event: RequestEvent) => void): void;
}

const scope = self as unknown as Scope;
const PREFIX = 'hyperstyle-site-';
const at = (path: string): string => new URL(path, scope.registration.scope).href;

async function keep(): Promise<void> {
  const answer = await fetch(at('files.json'), { cache: 'no-store' });
  const { version, files }: SiteFiles = await answer.json();
  const cache = await caches.open(PREFIX + version);
  await cache.addAll(files.map((file) => new Request(at(file), { cache: 'no-cache' })));
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + version) await caches.delete(name);
  }
  await scope.skipWaiting();
}

/** What was kept; the network's answer for everything else. A page with words behind `?` is the same page. */
async function answer(request: Request): Promise<Response> {
  const page =
    request.mode === 'navigate' && new URL(request.url).pathname === new URL(scope.registration.scope).pathname;
  const kept = await caches.match(page ? at('index.html') : request.url, { ignoreVary: true });
  return kept ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(keep()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  const { method, url, headers } = event.request;
  if (method === 'GET' && url.startsWith(scope.registration.scope) && !headers.has('range')) {
    event.respondWith(answer(event.request));
  }
});
