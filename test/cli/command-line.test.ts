/** The whole command line from outside: set-up, bundle, arguments, exit codes. What needs a GPU is in the GPU tests. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const RUN = resolve(import.meta.dirname, '../../scripts/run.mjs');
const folder = mkdtempSync(join(tmpdir(), 'command-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command in an empty folder, as `npm run NAME -- args` does. */
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, lines: stderr.trim().split('\n') };
}

describe('command line', { timeout: 120_000 }, () => {
  // Later calls then only tell what they have to tell.
  beforeAll(() => void run('invert', '--help'), 120_000);

  it('explains itself', () => {
    const { status, stdout } = run('invert', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--steps <n>');
  });

  it.each([
    [['invert', '--steps', '0'], /--steps.*'0'.*from 1 to 100/],
    [['invert', '--steps', 'abc'], /--steps.*'abc'/],
    [['invert', '--host', 'netscape'], /netscape.*chrome, dawn, deno/],
    [['invert', '--edit', 'smile'], /--edit "smile".*NAME=AMOUNT/],
    [['invert', 'none.png'], /none\.png: there is no such picture/],
    [['invert', '--model', '.'], /no model\.json there/],
    [['invert', '--model', 'file:///none/model.json'], /\/none: no model\.json there/],
    [['invert', '--model', 'file://elsewhere/m'], /--model "file:\/\/elsewhere\/m": is no file address/],
    [['invert', '--model', 'https://'], /--model "https:\/\/": is no URL/],
    [['evaluate', '--model', 'https://example.org/m/'], /needs the model's folder on this machine/],
    [['invert', '.'], /\.: there is no picture in this folder/],
    [['invert', 'none.png', 'nor-this.png'], /none\.png: there is no such picture/],
    [['invert', '--model', 'a\u001b[31mb'], /a\\u001b\[31mb: no model\.json there/],
    [['invert', '--out', '/dev/null/out'], /--out "\/dev\/null\/out": cannot be written/],
    [['invert', RUN, RUN, '--identity-out', 'id'], /--identity-out.*2 pictures/],
    [['animate', RUN], /nothing that moves: add --edit/],
    [['animate', RUN, '--edit', 'smile=1', '--frames', '100000'], /the length is 100000 frames.* 1 to 18000/],
    [['animate', '--fps', 'x'], /fps is NaN/],
    [['animate', '--out', 'a.mp4'], /a\.mp4": expected a \.gif file or a folder/],
    [['animate', RUN, '--edit', 'smile=1', '--wipe'], /--wipe .*name at least two/],
    [['sheet', 'posters'], /posters.*directions, coupled, mix, domains, pivot, styleclip, seeds/],
    [['sheet', 'styleclip', RUN], /name a phrase/],
    [['sheet', 'directions', '--amounts', '1,x'], /--amounts.*'1,x'.*Expected a number/],
    [['sheet', 'pivot', 'anna.safetensors'], /anna\.safetensors: there is no such file/],
    [['edit', 'glob*', '--edit', 'smile=1'], /"glob\*": there is no such file/],
    [['pivot', RUN, '--from', 'none'], /hyperstyle, w, optimised .*"none": there is no such file/],
    [['compare', '--data', '.'], /\.: there is no picture in this folder/],
    [['compare', '--data', 'clay', '--methods', 'e4e,magic'], /"magic" is no method.*optimise, pti, e4e/],
    [['compare', '--data', 'clay', '--methods', 'restyle'], /nothing is left to compare.*add --restyle FILE/],
    [['compare', '--data', 'clay', '--e4e', 'none.pt'], /--e4e "none\.pt": there is no such file/],
    [['compare', '--data', 'clay', '--align'], /clay portraits are aligned/],
    [['directions', 'magic'], /magic.*sefa, ganspace, brightness, warmth/],
    [['directions', 'sefa', '--rows', '5-2'], /--rows.*'5-2'.*FROM-TO/],
    [['directions', 'sefa', '--out', 'a.pt'], /a\.pt": directions are saved as a \.safetensors file/],
    [['edit', 'none.npy'], /none\.npy: there is no such file/],
    [
      ['edit', 'none.safetensors', '--weight-deltas', 'x', '--edit', 'smile=1'],
      /none\.safetensors": there is no such file/,
    ],
    [
      ['adapt', 'none.safetensors', '--domain', 'bronze', '--restyle-steps', '0'],
      /--restyle-steps.*'0'.*from 1 to 100/,
    ],
    [['golden'], /missing required argument 'dir'/],
    [['golden', '.'], /no index\.json there/],
    [['levitate'], /no command "levitate": use one of .*invert/],
  ])('%j ends with one line and exit code 2', (args, message) => {
    const { status, stdout, lines } = run(...args);
    expect(lines).toEqual([expect.stringMatching(message)]);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('leaves nothing behind when a picture cannot be decoded', () => {
    writeFileSync(join(folder, 'broken.png'), 'no picture');
    const { status, lines } = run('invert', 'broken.png', '--out', 'results');
    expect(lines).toEqual([expect.stringMatching(/broken\.png: cannot be decoded/)]);
    expect(status).toBe(2);
    expect(readdirSync(join(folder, 'results'))).toEqual([]);
  });

  it.each(['#', '?'])('says why a checkout whose path has a %s does not work', (char) => {
    const checkout = join(folder, `C${char} project`);
    cpSync(dirname(RUN), join(checkout, 'scripts'), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'scripts', 'run.mjs'), 'invert'], {
      encoding: 'utf8',
    });
    expect(stderr.trim()).toBe(
      `invert: the bundler cannot read a path with "${char}": move or rename the folder ${checkout}`,
    );
    expect(status).toBe(2);
  });

  it('says what is wrong with CHROME_PATH', () => {
    const env = { ...process.env, CHROME_PATH: join(folder, 'chrome') };
    const { status, stderr } = spawnSync(process.execPath, [RUN, 'invert'], { cwd: folder, encoding: 'utf8', env });
    expect(stderr.trim()).toMatch(/^error: CHROME_PATH is ".*", but there is no such file/);
    expect(status).toBe(2);
  });
});
