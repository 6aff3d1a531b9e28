/**
 * Commands that measure and train for long, from outside, on Deno with a tiny model: what is bad is left out, what is
 * stopped is kept, what was killed goes on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../../cli/convert/convert.ts';
import { writeFakeCheckpoint } from '../../cli/convert/fake-checkpoint.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { SAVED } from '../../cli/train/events.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Some commands are three processes, each of which starts a host. */
const TIMEOUT_MS = 600_000;
const folder = mkdtempSync(join(tmpdir(), 'tables-'));
const at = (...names: readonly string[]): string => join(folder, ...names);
const read = (...names: readonly string[]): string => readFileSync(at(...names), 'utf8');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const files = ['hyperstyle', 'w_encoder', 'restyle'] as const;
  for (const file of files) await writeFakeCheckpoint(at(`${file}.pt`), fakeModel('tiny'), file, 1);
  const inputs = [at('hyperstyle.pt'), at('w_encoder.pt')] as const;
  await convert({ inputs, out: at('model'), dtype: 'f32', dryRun: false, directions: [], print: () => undefined });
});

/** Arguments of a command, as `npm run NAME` gives them. */
function call(name: string, ...args: readonly string[]): string[] {
  return [join(ROOT, 'scripts', 'run.mjs'), name, '--host', 'deno', '--model', at('model'), ...args];
}

test('compare measures every method, and leaves a bad picture out', { timeout: TIMEOUT_MS }, () => {
  const data = at('photos');
  mkdirSync(data);
  copyFileSync(join(ROOT, 'test', 'faces', 'photos', 'two.jpg'), join(data, 'good.jpg'));
  writeFileSync(join(data, 'bad.png'), 'no picture');
  const steps = ['--t', '1', '--latent-steps', '2', '--tune-steps', '2', '--polish-steps', '1', '--every', '1'];
  const restyle = ['--restyle', at('restyle.pt'), '--restyle-steps', '2'];
  const args = call('compare', '--data', data, ...steps, ...restyle, '--out', at('compared'), '--json');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toMatch(/1 of 2 pictures could not be used:\n .*bad\.png: cannot be decoded/);
  expect(status).toBe(1);
  const { methods, notes, failed } = JSON.parse(stdout);
  const stepsOf = ({ method, steps: all }: { method: string; steps: readonly { step: string }[] }) => [
    method,
    all.map(({ step }) => step).join(),
  ];
  expect(methods.map(stepsOf)).toEqual([
    ['optimise', 'latents 0,latents 1,latents 2'],
    ['pti', 'latents 0,latents 1,latents 2,tuned 1,tuned 2'],
    ['e4e', 'y_0'],
    ['restyle', 'y_1,y_2'],
    ['hyperstyle', 'y_0,y_1'],
    ['hyperstyle+pti', 'y_0,y_1,tuned 1'],
  ]);
  const l2 = (method: number, step: number): number => methods[method].steps[step].values.l2.mean;
  expect(l2(4, 0)).toBeCloseTo(l2(2, 0), 6); // both are y_0
  expect(l2(5, 1)).toBeCloseTo(l2(4, 1), 6);
  expect(l2(5, 2)).not.toBeCloseTo(l2(5, 1), 6);
  expect(notes.join()).toMatch(/lpips: its network is not given.*no directions: nobody is edited/);
  expect(failed).toHaveLength(1);
  expect(read('compared', 'report.html')).toContain('pictures/good.jpg/hyperstyle+pti.png');
});

test.runIf(process.platform !== 'win32')(
  'compare that is interrupted has what was done in its report',
  { timeout: TIMEOUT_MS },
  async () => {
    const long = ['--methods', 'e4e,optimise', '--latent-steps', '100000', '--no-editability'];
    const args = call('compare', '--data', 'clay', '--pictures', '2', ...long, '--out', at('interrupted'));
    const command = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    command.stdout.on('data', (chunk) => {
      said += chunk;
      if (/e4e: /.test(String(chunk))) command.kill('SIGINT');
    });
    const [code] = await once(command, 'close');
    expect([code, said]).toEqual([0, expect.stringMatching(/stopped: .*report\.html/)]);
    expect(JSON.parse(read('interrupted', 'comparison.json')).measured).toHaveLength(1);
  },
);

test('ablate trains designs from the start, each judged from the same y_0', { timeout: TIMEOUT_MS }, () => {
  const small = ['--size', '8', '--iterations', '1', '--accumulate', '1', '--validation', '1', '--head-scale', '0.1'];
  const studies = ['--studies', 'passes,separable', '--t', '2'];
  const args = call('ablate', '--data', 'clay', ...studies, ...small, '--out', at('ablated'), '--json');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const { rows } = JSON.parse(stdout);
  expect(rows.map(({ plan }: { plan: { passes: number } }) => plan.passes)).toEqual([2, 1, 2]);
  const [own, once, separable] = rows.map(({ result }: { result: { errors: number[] } }) => result.errors);
  expect([own.length, once.length]).toEqual([3, 2]);
  expect([once[0], separable[0]]).toEqual([own[0], own[0]]);
  expect(own[1]).not.toBe(own[0]);
  expect(Math.round(rows[0].plan.published / 1e4)).toBe(33266);
  expect(read('ablated', 'report.html')).toContain('pictures/design-1.png');
});

test.runIf(process.platform !== 'win32')(
  'train that is killed in the middle and resumed comes to the same numbers as one that is not',
  { timeout: TIMEOUT_MS },
  async () => {
    const small = ['--t', '2', '--accumulate', '1', '--validation', '1', '--steps', '6', '--save-every', '1'];
    const muon = ['--optimiser', 'muon', '--rate', '0.002'];
    const train = (out: string, ...more: readonly string[]): string[] =>
      call('train', 'hypernetwork', '--data', 'clay', '--flip', ...small, ...muon, '--out', at(out), ...more);
    const whole = spawnSync(process.execPath, train('whole'), { encoding: 'utf8' });
    expect([whole.status, whole.stderr]).toEqual([0, '']);
    const killed = spawn(process.execPath, train('killed'), { stdio: ['ignore', 'pipe', 'ignore'] });
    killed.stdout.on('data', (chunk) => {
      if (/saved last \(step 2\)/.test(String(chunk))) killed.kill('SIGKILL');
    });
    await once(killed, 'close');
    expect(killed.signalCode).toBe('SIGKILL');
    const resumed = spawnSync(process.execPath, train('killed', '--resume'), { encoding: 'utf8' });
    expect([resumed.status, resumed.stderr]).toEqual([0, '']);
    expect(resumed.stdout).toMatch(/goes on after step \d+/);
    const state = (out: string): Buffer => readFileSync(at(out, 'last', SAVED.state));
    expect(state('killed').equals(state('whole'))).toBe(true);
    const steps = JSON.parse(read('killed', 'history.json')).steps.map(({ step }: { step: number }) => step);
    expect(steps).toEqual(Array.from({ length: 6 }, (_, i) => i + 1));
  },
);
