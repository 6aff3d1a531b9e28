/** Addresses of model folders and of the files in them; `folder-files.ts` fetches those. */
import { ensure, inWords } from '../errors.ts';

/**
 * The address of a file in a model folder, for example `samples/portrait-0.png`.
 * @param address the folder or its model.json, relative to the page; a query (a key, a version) goes with every file
 * @throws `option` error when it is no URL, or the file has no name
 */
export function modelFileUrl(address: string | URL, file: string): URL {
  ensure(typeof file === 'string', 'option', () => `the file is ${inWords(file)}, expected its name in the folder`);
  return fileUrl(folderUrl(address), file);
}

/** The address of a file in the folder at `base`, whose query goes with it. */
export function fileUrl(base: URL, file: string): URL {
  const url = new URL(file, base);
  url.search = base.search;
  return url;
}

/** The folder's own address: it ends with a slash, and its query stays. @throws `option` error when it is no URL */
export function folderUrl(address: string | URL): URL {
  ensure(
    typeof address === 'string' || address instanceof URL,
    'option',
    () => `the model address is ${inWords(address)}, expected a URL or its text`,
  );
  const text = String(address) || './';
  const page = typeof location === 'undefined' ? undefined : location.href;
  const refuse = (why: string): string =>
    `model address "${text}" ${why}; give one such as https://example.org/models/name/`;
  ensure(URL.canParse(text, page), 'option', () => refuse('is no URL'));
  const url = new URL(text, page);
  ensure(URL.canParse('model.json', url), 'option', () => refuse('leads to no folder'));
  ensure(!url.username && !url.password, 'option', () =>
    refuse('holds a user name or password, which browsers refuse'),
  );
  url.hash = '';
  url.pathname = url.pathname.replace(/(^|\/)model\.json$/, '$1').replace(/([^/])$/, '$1/');
  return url;
}
