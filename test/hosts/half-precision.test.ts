/**
 * f16 against PyTorch in f32, on the host that has shader-f16: Deno on lavapipe. Every op and every pipeline, within
 * its tolerance.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { BenchReport } from '../../bench/report.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { readSafetensorsHeader } from '../../src/weights/safetensors.ts';
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

/** A golden case whose tensors `names` are times `factor`; exactly so, by a power of two. */
async function scaledCase(file: string, names: readonly string[], factor: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(readFileSync(join(ROOT, 'test/goldens', file)));
  const { entries } = await readSafetensorsHeader(bytesSource(file, bytes));
  const view = new DataView(bytes.buffer);
  for (const { name, byteOffset, byteLength } of entries) {
    if (!names.includes(name)) continue;
    for (let at = byteOffset; at < byteOffset + byteLength; at += 4) {
      view.setFloat32(at, factor * view.getFloat32(at, true), true);
    }
  }
  return bytes;
}

it.each(['f16-storage', 'f16'])(
  'activations of 10³ to 10⁴ do not overflow with --precision %s: modulated convolutions are linear, so goldens times 2¹¹ are goldens',
  async (precision) => {
    const folder = mkdtempSync(join(tmpdir(), 'large-'));
    const index: { cases: { name: string; bytes: number; op: string }[] } = JSON.parse(
      readFileSync(join(ROOT, 'test/goldens/index.json'), 'utf8'),
    );
    const cases = index.cases.filter(({ op }) => op === 'modulated_conv');
    for (const { name } of cases) {
      const file = `${name}.safetensors`;
      writeFileSync(join(folder, file), await scaledCase(file, ['in.x', 'out.y'], 2 ** 11));
    }
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ ...index, cases }));
    const { status, stdout, stderr } = onDeno('golden', folder, '--precision', precision, '--kernels', 'winograd');
    expect(stderr).toBe('');
    expect(stdout).toContain(`${cases.length} of ${cases.length} cases ok, `);
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
