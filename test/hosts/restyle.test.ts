/** ReStyle-e4e by command on Deno: `adapt` shows the latents that it finds, from a checkpoint and from a converted folder alike. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../../cli/convert/convert.ts';
import { writeFakeCheckpoint } from '../../cli/convert/fake-checkpoint.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PORTRAIT = join(ROOT, 'models', 'clay-portraits-64', 'samples', 'portrait-0.png');
const work = mkdtempSync(join(tmpdir(), 'restyle-'));
const at = (name: string): string => join(work, name);
afterAll(() => rmSync(work, { recursive: true }));

beforeAll(async () => {
  for (const file of ['hyperstyle', 'w_encoder', 'restyle'] as const)
    await writeFakeCheckpoint(at(`${file}.pt`), fakeModel('tiny'), file, 1);
  const common = { dtype: 'f32', dryRun: false, directions: [], print: () => {} } as const;
  await convert({ ...common, inputs: [at('hyperstyle.pt'), at('w_encoder.pt')], out: at('model') });
  await convert({ ...common, inputs: [at('restyle.pt')], out: at('restyle') });
});

function adapt(model: string, ...args: readonly string[]) {
  const options = ['--host', 'deno', '--steps', '1', '--out', at('out'), ...(model ? ['--model', model] : [])];
  const command = [join(ROOT, 'scripts', 'run.mjs'), 'adapt', PORTRAIT, ...options, ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: work, encoding: 'utf8' });
  return { status, stderr };
}

/** The picture in the domain, the model's own generator, with latents of `restyle`. */
function picture(...restyle: readonly string[]): Buffer {
  expect(adapt(at('model'), '--domain', at('hyperstyle.pt'), ...restyle)).toEqual({ status: 0, stderr: '' });
  return readFileSync(join(at('out'), 'portrait-0', 'domain-hyperstyle.png'));
}

test('a checkpoint and its folder show the same, more passes and no ReStyle something else', () => {
  const checkpoint = picture('--restyle', at('restyle.pt'));
  expect(picture('--restyle', at('restyle'))).toEqual(checkpoint);
  const others = [picture('--restyle', at('restyle'), '--restyle-steps', '3'), picture()];
  for (const other of others) expect(other).not.toEqual(checkpoint);
}, 300_000);

test('one for another generator is refused by its first tensor and both shapes', () => {
  const { status, stderr } = adapt('', '--domain', 'bronze', '--restyle', at('restyle.pt'));
  expect(stderr).toMatch(
    /^error: restyle\.pt: tensor "decoder\.style\.1\.weight" has shape \[16,16\], this model's generator has \[128,128\]; .*\n$/,
  );
  expect(status).toBe(2);
}, 300_000);
