/** A zip archive written straight to a file. */
import { open } from 'node:fs/promises';
import { ZipWriter } from '../../src/weights/zip-writer.ts';

/** Runs `fill` on a new archive at `path`. */
export async function writeZipFile(path: string, fill: (zip: ZipWriter) => Promise<void>): Promise<void> {
  const handle = await open(path, 'w');
  try {
    const zip = new ZipWriter({
      append: async (bytes) => handle.writeFile(bytes),
      patch: async (offset, bytes) => void (await handle.write(bytes, 0, bytes.length, offset)),
    });
    await fill(zip);
    await zip.finish();
  } finally {
    await handle.close();
  }
}
