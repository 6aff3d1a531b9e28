/**
 * Which of the slow tests a change needs. Runs at the published full widths (`*.full.gpu.test.ts`) prove kernels, graph
 * and shaders; they take minutes on a CPU adapter, so `npm test` leaves them out while those sources are what they were
 * when the runs last passed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run at full width proves, relative to the root of the repository. */
const PROVEN = ['shaders', 'src/kernels', 'src/graph', 'src/runtime', 'src/models'];
const RECORD = ['test', 'models', 'full-width.verified'];

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

/** SHA-256 over names and contents of the sources that full-width runs prove; the same on every system. */
export function computeFingerprint(root) {
  const hash = createHash('sha256');
  for (const folder of PROVEN.filter((name) => existsSync(join(root, name)))) {
    for (const file of filesBelow(join(root, folder))) {
      const name = file.slice(root.length + 1).replaceAll('\\', '/');
      hash.update(`${name}\n${readFileSync(file, 'utf8').replaceAll('\r\n', '\n')}\n`);
    }
  }
  return hash.digest('hex');
}

/** Whether the runs at full width passed with these very sources. */
export function fullWidthIsVerified(root) {
  const record = join(root, ...RECORD);
  return existsSync(record) && readFileSync(record, 'utf8').trim() === computeFingerprint(root);
}

/** Remembers that the runs at full width passed with these sources. */
export function recordFullWidth(root) {
  writeFileSync(join(root, ...RECORD), `${computeFingerprint(root)}\n`);
}
