/** f16 against PyTorch in f32, on the host that has shader-f16: Deno on lavapipe. Every op and every pipeline, within its tolerance. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { BenchReport } from '../../bench/report.ts';
import { TOLERANCE } from '../tolerances.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RUN = resolve(ROOT, 'scripts/run.mjs');

/** A command on Deno. */
const onDeno = (...args: readonly string[]) =>
  spawnSync(process.execPath, [RUN, ...args, '--host', 'deno'], { cwd: ROOT, encoding: 'utf8' });

it.each(['f16-storage', 'f16'])(
  'goldens pass with --precision %s',
  (precision) => {
    const { status, stdout, stderr } = onDeno('golden', 'test/goldens', '--precision', precision);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(\d+) of \1 cases ok, /m);
    // An f16 result cannot be as exact as f32 is: the option has reached the kernels.
    const error = /^modconv-k3 .* (\S+) {2}ok$/m.exec(stdout)?.[1];
    expect(Number(error)).toBeGreaterThan(1e-4);
    expect(status).toBe(0);
  },
  600_000,
);

it('the bench times the format it prints, and lets nothing pass that is not as exact as that', () => {
  const json = join(mkdtempSync(join(tmpdir(), 'bench-')), 'report.json');
  const quick = ['--rounds', '1', '--longest', '0.01', '--budget', '0.1'];
  const { status, stdout } = onDeno(
    ...['bench', '--suite', 'kernels', '--filter', 'generator 256 8', '--precision', 'f16', '--json', json, ...quick],
  );
  expect(status).toBe(0);
  expect(stdout).toContain(' · f16 · ');
  const { run, rows } = JSON.parse(readFileSync(json, 'utf8')) as BenchReport;
  expect(run.precision).toBe('f16');
  expect(rows.length).toBeGreaterThan(0);
  for (const { check } of rows) {
    expect(check.tolerance).toBe(TOLERANCE.goldenHalf);
    expect(check.error).toBeGreaterThan(1e-4); // f32 would be 100 times as exact
  }
}, 300_000);
