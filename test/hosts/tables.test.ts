/** Commands that measure and train for long, from outside, on Deno: what is bad is left out, what is stopped is kept. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SAVED } from '../../cli/train/events.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RUN = join(ROOT, 'scripts', 'run.mjs');
/** The folder of the model that ships. */
const shipped = readdirSync(join(ROOT, 'models'))
  .map((name) => join(ROOT, 'models', name))
  .find((place) => existsSync(join(place, 'model.json')));
const folder = mkdtempSync(join(tmpdir(), 'tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));

/** A command's arguments, as `npm run NAME` gives them. */
const call = (name: string, ...args: readonly string[]): string[] => [RUN, name, '--host', 'deno', ...args];

test('compare leaves a bad picture and a method without its checkpoint out', () => {
  const data = join(folder, 'photos');
  mkdirSync(data);
  copyFileSync(join(shipped ?? '', 'samples', 'portrait-0.png'), join(data, 'good.png'));
  writeFileSync(join(data, 'bad.png'), 'no picture');
  const methods = ['--methods', 'e4e,restyle,hyperstyle', '--t', '1', '--no-editability'];
  const args = call('compare', '--data', data, ...methods, '--out', join(folder, 'compared'), '--json');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toMatch(/1 of 2 pictures could not be used:\n .*bad\.png: cannot be decoded/);
  expect(status).toBe(1);
  const { methods: found, notes, failed } = JSON.parse(stdout);
  expect(found.map(({ method }: { method: string }) => method)).toEqual(['e4e', 'hyperstyle']);
  const [e4e, hyperstyle] = found.map(({ steps }: { steps: { values: { l2: { mean: number } } }[] }) => {
    return steps.map(({ values }) => values.l2.mean);
  });
  expect(hyperstyle).toHaveLength(2);
  expect(hyperstyle[0]).toBeCloseTo(e4e[0], 6);
  expect(hyperstyle[1]).toBeLessThan(hyperstyle[0]);
  expect(notes.join()).toMatch(/restyle: needs its checkpoint; add --restyle/);
  expect(failed).toHaveLength(1);
  expect(readFileSync(join(folder, 'compared', 'report.html'), 'utf8')).toContain('pictures/good.png/hyperstyle.png');
}, 300_000);

test.runIf(process.platform !== 'win32')(
  'compare that is interrupted has what was done in its report',
  async () => {
    const out = join(folder, 'interrupted');
    const long = ['--methods', 'e4e,optimise', '--latent-steps', '100000', '--no-editability'];
    const args = call('compare', '--data', 'clay', '--pictures', '2', ...long, '--out', out);
    const command = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    command.stdout.on('data', (chunk) => {
      said += chunk;
      if (/e4e: /.test(String(chunk))) command.kill('SIGINT');
    });
    const [code] = await once(command, 'close');
    expect([code, said]).toEqual([0, expect.stringMatching(/stopped: .*report\.html/)]);
    const { measured } = json('interrupted', 'comparison.json');
    expect(measured).toHaveLength(1);
  },
  300_000,
);

test('ablate trains designs from the start, each judged from the same y_0', () => {
  const out = join(folder, 'ablated');
  const small = ['--size', '8', '--iterations', '1', '--accumulate', '1', '--validation', '1', '--head-scale', '0.1'];
  const args = call('ablate', '--data', 'clay', '--studies', 'passes', '--t', '2', ...small, '--out', out, '--json');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const { rows } = JSON.parse(stdout);
  expect(rows.map(({ plan }: { plan: { passes: number } }) => plan.passes)).toEqual([2, 1]);
  const [own, once] = rows.map(({ result }: { result: { errors: number[] } }) => result.errors);
  expect([own.length, once.length]).toEqual([3, 2]);
  expect(own[0]).toBe(once[0]);
  expect(own[1]).not.toBe(own[0]);
  expect(rows[0].plan.published).toBe(332_660_736);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('pictures/design-1.png');
}, 300_000);

test.runIf(process.platform !== 'win32')(
  'train that is killed in the middle and resumed comes to the same numbers as one that is not',
  async () => {
    const small = ['--t', '1', '--accumulate', '1', '--validation', '1', '--steps', '3', '--save-every', '1'];
    const muon = ['--optimiser', 'muon', '--rate', '0.002'];
    const train = (out: string, ...more: readonly string[]): string[] =>
      call('train', 'hypernetwork', '--data', 'clay', '--flip', ...small, ...muon, '--out', join(folder, out), ...more);
    const whole = spawnSync(process.execPath, train('whole'), { encoding: 'utf8' });
    expect([whole.status, whole.stderr]).toEqual([0, '']);
    const killed = spawn(process.execPath, train('killed'), { stdio: ['ignore', 'pipe', 'ignore'] });
    killed.stdout.on('data', (chunk) => {
      if (/saved last \(step 1\)/.test(String(chunk))) killed.kill('SIGKILL');
    });
    await once(killed, 'close');
    expect(killed.signalCode).toBe('SIGKILL');
    const resumed = spawnSync(process.execPath, train('killed', '--resume'), { encoding: 'utf8' });
    expect([resumed.status, resumed.stderr]).toEqual([0, '']);
    expect(resumed.stdout).toMatch(/goes on after step [12]/);
    const state = (out: string): Buffer => readFileSync(join(folder, out, 'last', SAVED.state));
    expect(state('killed').equals(state('whole'))).toBe(true);
    expect(json('killed', 'history.json').steps.map(({ step }: { step: number }) => step)).toEqual([1, 2, 3]);
  },
  300_000,
);
