/** Commands from outside, with a real WebGPU host: Deno, which starts fastest. How they end, and what ends with them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const RUN = join(ROOT, 'scripts', 'run.mjs');
const SAMPLES = join(ROOT, 'models', 'clay-portraits-128', 'samples');
const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const invert = (...args: readonly string[]): string[] => [RUN, 'invert', '--host', 'deno', ...args];

test('a picture that cannot be read does not stop the others', () => {
  const pictures = ['a-2.png', 'a.png'].map((name) => join(folder, name));
  for (const picture of pictures) copyFileSync(join(SAMPLES, 'portrait-0.png'), picture);
  const [bad, missing] = [join(folder, 'bad.png'), join(folder, 'missing.png')];
  writeFileSync(bad, 'no picture');
  const out = join(folder, 'out');
  const args = invert('--steps', '1', '--out', out, '--json', bad, missing, ...pictures);
  // A proxy that leads nowhere, as in company networks: the command reaches its own loopback all the same.
  const env = { ...process.env, HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
  expect(stderr).toMatch(
    /^2 of 4 pictures could not be inverted:\n .*bad\.png: cannot be decoded.*\n .*missing\.png: there is no/,
  );
  expect(status).toBe(1);
  expect(readdirSync(out).sort()).toEqual(['a', 'a-2']);
  const { pictures: done, failed, adapter } = JSON.parse(stdout);
  expect(done.map(({ file }: { file: string }) => file)).toEqual(pictures);
  expect(failed).toHaveLength(2);
  expect(adapter).toMatch(/\w/);
}, 300_000);

test('align takes one photo after another, finds both faces of one and goes on past bad files', () => {
  const photos = join(ROOT, 'test', 'faces', 'photos');
  const [bad, two, plain] = [join(folder, 'bad.jpg'), join(photos, 'two.jpg'), join(folder, 'plain.png')];
  writeFileSync(bad, 'no picture');
  copyFileSync(join(ROOT, 'docs', 'page.jpg'), plain);
  const out = join(folder, 'aligned');
  const args = [RUN, 'align', '--host', 'deno', '--size', '64', '--out', out, '--json', bad, two, plain];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toMatch(/^1 of 3 pictures could not be used:\n .*bad\.jpg: cannot be decoded/);
  expect(status).toBe(1);
  const { pictures, failed } = JSON.parse(stdout);
  expect(failed).toHaveLength(1);
  expect(pictures[0]).toMatchObject({ file: two, faces: [{ quad: expect.any(Array) }, { quad: expect.any(Array) }] });
  expect(pictures[1].file).toBe(plain);
  expect(readdirSync(out).filter((name) => name.startsWith('two'))).toEqual(['two-1.png', 'two-2.png']);
}, 300_000);

test.each(['edit', 'pivot'])(
  '%s names an identity that is broken, once',
  (command) => {
    const broken = join(folder, 'broken.safetensors');
    writeFileSync(broken, 'no identity at all');
    const people = command === 'edit' ? [broken] : [join(SAMPLES, 'portrait-0.png'), '--from', broken];
    const args = [RUN, command, '--host', 'deno', '--edit', 'smile=1', '--out', join(folder, 'broken'), ...people];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(/^error: .*broken\.safetensors: identity: .*\n$/);
    expect(status).toBe(2);
  },
  300_000,
);

/** Processes whose parent is `pid`, with their command lines; Linux only. */
function childrenOf(pid: number): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((child) => {
    try {
      const stat = readFileSync(`/proc/${child}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** A command that would compute for minutes, and its WebGPU host. */
async function start(host: string): Promise<{ command: ChildProcess; child: number; said: () => string }> {
  const args = [RUN, 'invert', '--host', host, '--steps', '100', '--out', join(folder, 'long')];
  const command = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  command.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  await once(command.stdout ?? command, 'data');
  const [child = 0] = childrenOf(command.pid ?? 0);
  expect(isRunning(child)).toBe(true);
  return { command, child, said: () => text };
}

/** Host, signal and the exit code it gives; the hosts that start slowly run with `npm run test:all`. */
const ENDS = [
  ['deno', 'SIGTERM', 143],
  ['deno', 'SIGKILL', null],
  ...(process.env.HYPERSTYLE_TESTS === 'all'
    ? ([
        ['deno', 'SIGINT', 130],
        ['deno', 'SIGHUP', 129],
        ['dawn', 'SIGKILL', null],
        ['chrome', 'SIGHUP', 129],
        ['chrome', 'SIGKILL', null],
      ] as const)
    : []),
] as const;

test.runIf(process.platform === 'linux').each(ENDS)(
  'on %s, %s to a command ends its host',
  async (host, signal, code) => {
    const { command, child, said } = await start(host);
    command.kill(signal);
    const [status] = await once(command, 'close');
    expect([status, said()]).toEqual([code, '']);
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), { timeout: 30_000 });
  },
  300_000,
);

test.runIf(process.platform === 'linux')(
  'a reader that closes the pipe ends a command without a word',
  async () => {
    const { command, child, said } = await start('deno');
    command.stdout?.destroy();
    const [status] = await once(command, 'close');
    expect([status, said()]).toEqual([141, '']);
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), { timeout: 30_000 });
  },
  300_000,
);
