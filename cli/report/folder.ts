/** The folder of a report: its page, its numbers as JSON, and pictures beside it; every file is whole or not there. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileWhole } from '../invert/output-folder.ts';

/** Writes a file of the report, and the folders it lies in. @throws `file` error naming `--out` */
export function writeInto(folder: string, file: string, content: Uint8Array | string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileWhole(path, typeof content === 'string' ? new TextEncoder().encode(content) : content, '--out');
}
