/** f16 against PyTorch in f32, on the host that has shader-f16: Deno on lavapipe. Every op and every pipeline, within its tolerance. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const RUN = resolve(ROOT, 'scripts/run.mjs');

it.each(['f16-storage', 'f16'])(
  'goldens pass with --precision %s',
  (precision) => {
    const args = [RUN, 'golden', 'test/goldens', '--host', 'deno', '--precision', precision];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(\d+) of \1 cases ok$/m);
    // An f16 result cannot be as exact as f32 is: the option has reached the kernels.
    const error = /^modconv-k3 .* (\S+) {2}ok$/m.exec(stdout)?.[1];
    expect(Number(error)).toBeGreaterThan(1e-4);
    expect(status).toBe(0);
  },
  600_000,
);
