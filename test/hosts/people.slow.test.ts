/**
 * Commands of people on Deno with a tiny model: `adapt` shows the latents that ReStyle-e4e finds, from a checkpoint and
 * from a converted folder alike; `edit` reads what it has written in the authors' form; `directions` finds sliders.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../../cli/convert/convert.ts';
import { writeFakeCheckpoint } from '../../cli/convert/fake-file.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PORTRAIT = join(ROOT, 'models', 'clay-portraits-128', 'samples', 'portrait-0.png');
const work = mkdtempSync(join(tmpdir(), 'restyle-'));
const at = (name: string): string => join(work, name);
const COMMON = { dtype: 'f32', dryRun: false, directions: [], print: () => {} } as const;
afterAll(() => rmSync(work, { recursive: true }));

beforeAll(async () => {
  for (const file of ['hyperstyle', 'w_encoder', 'restyle'] as const)
    await writeFakeCheckpoint(at(`${file}.pt`), fakeModel('tiny'), file, 1);
  await convert({ ...COMMON, inputs: [at('hyperstyle.pt'), at('w_encoder.pt')], out: at('model') });
  await convert({ ...COMMON, inputs: [at('restyle.pt')], out: at('restyle') });
});

function run(name: string, ...args: readonly string[]) {
  const command = [join(ROOT, 'scripts', 'run.mjs'), name, '--host', 'deno', ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: work, encoding: 'utf8' });
  return { status, stderr };
}

const FINE = { status: 0, stderr: '' };

function adapt(model: string, ...args: readonly string[]) {
  return run('adapt', PORTRAIT, '--steps', '1', '--out', at('out'), ...(model ? ['--model', model] : []), ...args);
}

/** The picture in the domain, the model's own generator, with latents of `restyle`. */
function picture(...restyle: readonly string[]): Buffer {
  expect(adapt(at('model'), '--domain', at('hyperstyle.pt'), ...restyle)).toEqual(FINE);
  return readFileSync(join(at('out'), 'portrait-0', 'domain-hyperstyle.png'));
}

test('a checkpoint and its folder show the same, and without ReStyle it is something else', () => {
  const checkpoint = picture('--restyle', at('restyle.pt'));
  expect(picture('--restyle', at('restyle'))).toEqual(checkpoint);
  expect(picture()).not.toEqual(checkpoint);
}, 300_000);

test('one for another generator is refused by its first tensor and both shapes', () => {
  const { status, stderr } = adapt('', '--domain', 'bronze', '--restyle', at('restyle.pt'));
  expect(stderr).toMatch(
    /^error: restyle\.pt: tensor "decoder\.style\.1\.weight" has shape \[16,16\], this model's generator has \[128,128\]; .*\n$/,
  );
  expect(status).toBe(2);
}, 300_000);

test("what edit writes in the authors' form shows the same people again", async () => {
  const model = ['--model', at('model')];
  expect(run('invert', PORTRAIT, '--steps', '2', '--out', at('inverted'), ...model)).toEqual(FINE);
  const identity = join(at('inverted'), 'portrait-0', 'identity.safetensors');
  const kinds = ['latents', 'deltas', 'generator'];
  expect(run('edit', identity, '--out', at('exported'), ...model, '--export', ...kinds)).toEqual(FINE);
  expect(readdirSync(at('exported')).sort()).toEqual(['latents.npy', 'portrait-0', 'weight_deltas']);
  expect(run('edit', join(at('exported'), 'latents.npy'), '--out', at('imported'), ...model)).toEqual(FINE);
  const pictures = ['exported', 'imported'].map((out) => readFileSync(join(at(out), 'portrait-0', 'person.png')));
  expect(pictures[1]).toEqual(pictures[0]);
  const generator = join(at('exported'), 'portrait-0', 'generator.pt');
  await convert({ ...COMMON, inputs: [generator], out: at('own') });
  expect(run('edit', at('nobody.npy'), '--out', at('x'), ...model).stderr).toMatch(
    /nobody\.npy: there is no such file/,
  );
}, 300_000);

test('directions found without files are sliders', () => {
  const file = at('found.safetensors');
  const found = run('directions', 'sefa', '--model', at('model'), '--count', '2', '--name', 'slider', '--out', file);
  expect(found).toEqual(FINE);
  expect(adapt(at('model'), '--direction', file, '--edit', 'slider 1=2', '--domain', at('hyperstyle.pt'))).toEqual(
    FINE,
  );
  expect(run('directions', 'sefa', '--model', at('model'), '--rows', '0-7', '--out', file).stderr).toMatch(
    /^error: SeFa: layers 0 to 7, expected .* ≤ 6\n$/,
  );
}, 300_000);
