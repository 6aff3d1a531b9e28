/**
 * Commands that measure and train for long, from outside, on Deno with a tiny model: what is bad is left out, what is
 * stopped is kept, what was killed goes on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../../cli/convert/convert.ts';
import { writeFakeCheckpoint } from '../../cli/convert/fake-file.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { SAVED } from '../../cli/train/events.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SAMPLES = join(ROOT, 'models', 'clay-portraits-128', 'samples');
/** Some commands are three processes, each of which starts a host. */
const TIMEOUT_MS = 600_000;
const folder = mkdtempSync(join(tmpdir(), 'tables-'));
const at = (...names: readonly string[]): string => join(folder, ...names);
const read = (...names: readonly string[]): string => readFileSync(at(...names), 'utf8');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const files = ['hyperstyle', 'w_encoder', 'restyle', 'e4e'] as const;
  for (const file of files) await writeFakeCheckpoint(at(`${file}.pt`), fakeModel('tiny'), file, 1);
  const inputs = [at('hyperstyle.pt'), at('w_encoder.pt')] as const;
  await convert({ inputs, out: at('model'), dtype: 'f32', dryRun: false, directions: [], print: () => undefined });
});

/** The model with offsets so large that no picture made with them has a number in it. @returns its folder */
function modelWithoutNumbers(): string {
  const to = at('loud');
  cpSync(at('model'), to, { recursive: true });
  let manifest = readFileSync(join(to, 'model.json'), 'utf8');
  for (const name of readdirSync(to).filter((file) => file.endsWith('.safetensors'))) {
    const bytes = readFileSync(join(to, name));
    const sha = createHash('sha256').update(bytes).digest('hex');
    const end = 8 + Number(bytes.readBigUInt64LE(0));
    const header: Record<string, { data_offsets?: [number, number] }> = JSON.parse(bytes.toString('utf8', 8, end));
    for (const [tensor, { data_offsets: [first, last] = [0, 0] }] of Object.entries(header)) {
      if (!/^hypernet\..*\.bias$/.test(tensor)) continue;
      for (let byte = end + first; byte < end + last; byte += 4) bytes.writeFloatLE(3e38, byte);
    }
    const other = createHash('sha256').update(bytes).digest('hex');
    manifest = manifest.replaceAll(sha, other).replaceAll(sha.slice(0, 12), other.slice(0, 12));
    rmSync(join(to, name));
    writeFileSync(join(to, name.replace(sha.slice(0, 12), other.slice(0, 12))), bytes);
  }
  writeFileSync(join(to, 'model.json'), manifest);
  return to;
}

/** Arguments of a command, as `npm run NAME` gives them. */
function call(name: string, ...args: readonly string[]): string[] {
  return [join(ROOT, 'scripts', 'run.mjs'), name, '--host', 'deno', '--model', at('model'), ...args];
}

test('compare measures every method on faces, and leaves out what has none', { timeout: TIMEOUT_MS }, async () => {
  const data = at('photos');
  mkdirSync(data);
  copyFileSync(join(ROOT, 'test', 'faces', 'photos', 'two.jpg'), join(data, 'good.jpg'));
  writeFileSync(join(data, 'bad.png'), 'no picture');
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } }).toFile(join(data, 'grey.png'));
  const steps = ['--t', '1', '--latent-steps', '1', '--tune-steps', '1', '--polish-steps', '1', '--every', '1'];
  const encoders = ['--restyle', at('restyle.pt'), '--restyle-steps', '2', '--e4e', at('e4e.pt')];
  const args = call('compare', '--data', data, '--align', ...steps, ...encoders, '--out', at('compared'), '--json');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toMatch(/2 of 3 pictures could not be used:\n .*bad\.png: cannot be decoded.*\n .*grey\.png: no face/);
  expect(status).toBe(1);
  const { methods, notes, failed, facts } = JSON.parse(stdout);
  const stepsOf = ({ method, steps: all }: { method: string; steps: readonly { step: string }[] }) => [
    method,
    all.map(({ step }) => step).join(),
  ];
  expect(methods.map(stepsOf)).toEqual([
    ['optimise', 'latents 0,latents 1'],
    ['pti', 'latents 0,latents 1,tuned 1'],
    ['e4e', 'y_0'],
    ['restyle', 'y_1,y_2'],
    ['hyperstyle', 'y_0,y_1'],
    ['hyperstyle+pti', 'y_0,y_1,tuned 1'],
  ]);
  const l2 = (method: number, step: number): number => methods[method].steps[step].values.l2.mean;
  expect(facts['e4e is']).toMatch(/^Encoder4Editing, .*e4e\.pt$/);
  expect(l2(2, 0)).not.toBeCloseTo(l2(4, 0), 6); // y_0 of the W encoder
  expect(l2(5, 1)).toBeCloseTo(l2(4, 1), 6);
  expect(l2(5, 2)).not.toBeCloseTo(l2(5, 1), 6);
  expect(notes.join()).toMatch(/lpips: its network is not given.*no directions: nobody is edited/);
  expect(failed).toHaveLength(2);
  expect(read('compared', 'report.html')).toContain('pictures/good.jpg/hyperstyle+pti.png');
});

test.runIf(process.platform !== 'win32')(
  'compare goes on past a loss that is no number, and has what was done in its report when it is interrupted',
  { timeout: TIMEOUT_MS },
  async () => {
    const data = at('portraits');
    mkdirSync(data);
    for (const n of [0, 1]) copyFileSync(join(SAMPLES, `portrait-${n}.png`), join(data, `${n}.png`));
    const methods = ['--methods', 'hyperstyle+pti,e4e,optimise', '--t', '1', '--polish-steps', '2'];
    const long = [...methods, '--latent-steps', '100000', '--no-editability'];
    const args = call('compare', '--data', data, '--centre', ...long, '--out', at('interrupted'));
    args.splice(args.indexOf('--model') + 1, 1, modelWithoutNumbers());
    const command = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    command.stdout.on('data', (chunk) => {
      said += chunk;
      if (/e4e: /.test(String(chunk))) command.kill('SIGINT');
    });
    const [code] = await once(command, 'close');
    expect([code, said]).toEqual([1, expect.stringMatching(/stopped: .*report\.html/)]);
    const { measured, failed, facts } = JSON.parse(read('interrupted', 'comparison.json'));
    expect(facts['e4e is']).toMatch(/own W encoder, y_0; --e4e FILE/);
    expect(measured.map(({ method }: { method: string }) => method)).toEqual(['e4e']);
    expect(failed).toEqual([{ file: '0.png', message: expect.stringMatching(/^0\.png, hyperstyle\+pti: .*loss/) }]);
  },
);

test('pivot by the face descriptor tunes what it can read', { timeout: TIMEOUT_MS }, () => {
  const loss = ['--loss', 'l2=1,face=0.1', '--steps', '2', '--every', '1', '--from', 'w'];
  const pictures = [join(at('photos'), 'good.jpg'), join(at('photos'), 'bad.png')];
  const args = call('pivot', ...pictures, ...loss, '--out', at('tuned'), '--json');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toMatch(/1 of 2 pictures could not be used:\n .*bad\.png: cannot be decoded/);
  expect(status).toBe(1);
  const [{ steps }] = JSON.parse(stdout).pictures;
  const faces: number[] = steps.map(({ losses }: { losses: { face: number } }) => losses.face);
  expect(faces).toHaveLength(3);
  expect(Math.min(...faces)).toBeGreaterThan(0);
  expect(faces[2]).not.toBe(faces[0]);
});

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
  'train with fresh heads, killed in the middle and resumed, comes to the same numbers as one that is not',
  { timeout: TIMEOUT_MS },
  async () => {
    const small = ['--t', '2', '--accumulate', '1', '--validation', '1', '--steps', '3', '--save-every', '1'];
    const muon = ['--fresh', '--head-scale', '0.1', '--optimiser', 'muon', '--rate', '0.002'];
    const train = (out: string, ...more: readonly string[]): string[] =>
      call('train', 'hypernetwork', '--data', 'clay', '--flip', ...small, ...muon, '--out', at(out), ...more);
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
    expect(resumed.stdout).toMatch(/goes on after step \d+/);
    const state = (out: string): Buffer => readFileSync(at(out, 'last', SAVED.state));
    expect(state('killed').equals(state('whole'))).toBe(true);
    const steps = JSON.parse(read('killed', 'history.json')).steps.map(({ step }: { step: number }) => step);
    expect(steps).toEqual(Array.from({ length: 3 }, (_, i) => i + 1));
  },
);
