/** Bitmaps and samples of the page: what is not shown any more is freed, and samples of other servers can be shown. No GPU is used. */
import { afterEach, expect, test, vi } from 'vitest';
import { Strip } from '../../demo/strip.ts';
import { HyperStyleError, type InvertOptions } from '../../src/index.ts';
import { openPage, seen } from './page.ts';

afterEach(() => vi.restoreAllMocks());

test('one picture is kept, however many were picked, cut, called off or replaced', async () => {
  const made: ImageBitmap[] = [];
  const original = globalThis.createImageBitmap;
  const record = async (...args: Parameters<typeof original>): Promise<ImageBitmap> => {
    const bitmap = await original(...args);
    made.push(bitmap);
    return bitmap;
  };
  vi.spyOn(globalThis, 'createImageBitmap').mockImplementation(record as typeof original);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{"mse":[[]]}'));
  const [load] = await openPage();
  const model = load?.finish('any');
  if (!model) throw new Error('the page has not asked for a model');
  vi.mocked(model.invert).mockImplementation(
    (_, { signal }: InvertOptions = {}) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new HyperStyleError('aborted', 'called off')));
      }),
  );
  await vi.waitFor(() => expect(seen().model).toBe('any'));
  const open = (): number => made.filter(({ width }) => width > 0).length;

  const file = document.querySelector<HTMLInputElement>('#file');
  const wide = new OffscreenCanvas(40, 20);
  wide.getContext('2d')?.fillRect(0, 0, 9, 9);
  const files = new DataTransfer();
  files.items.add(new File([await wide.convertToBlob()], 'wide.png', { type: 'image/png' }));
  if (file) file.files = files.files;
  file?.dispatchEvent(new Event('change'));
  await vi.waitFor(() => expect(model.invert).toHaveBeenCalledTimes(1));
  expect(made.map(({ width, height }) => `${width}×${height}`)).toEqual(['40×20', '20×20']);
  for (let i = 0; i < 3; i++) document.querySelector<HTMLButtonElement>('#random')?.click(); // the first two are called off
  await vi.waitFor(() => expect(made).toHaveLength(5));
  await vi.waitFor(() => expect(open()).toBe(1));
  expect(made.at(-1)?.width).toBeGreaterThan(0);
});

test("another server's samples are asked for as an isolated page must", () => {
  const strip = new Strip(async () => {}, vi.fn());
  strip.setSamples(['https://models.example/m/samples/portrait-0.png?key=a']);
  const image = [...document.querySelectorAll<HTMLImageElement>('#strip img')].at(-1);
  expect([image?.crossOrigin, image?.src]).toEqual([
    'anonymous',
    'https://models.example/m/samples/portrait-0.png?key=a',
  ]);
});
