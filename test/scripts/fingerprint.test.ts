import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fullWidthIsVerified, recordFullWidth } from '../../scripts/fingerprint.mjs';

it('a changed, new or renamed source asks for the runs at full width again', () => {
  const root = mkdtempSync(join(tmpdir(), 'fingerprint-'));
  const write = (name: string, text: string): void => {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  write('shaders/a.wgsl', 'one');
  write('src/kernels/a.ts', 'one');
  write('test/models/a.ts', 'no part of it');
  expect(fullWidthIsVerified(root)).toBe(false);
  recordFullWidth(root);
  expect(fullWidthIsVerified(root)).toBe(true);
  write('test/models/a.ts', 'still no part of it');
  expect(fullWidthIsVerified(root)).toBe(true);
  write('src/kernels/a.ts', 'two');
  expect(fullWidthIsVerified(root)).toBe(false);
  write('src/kernels/a.ts', 'one\r\n');
  recordFullWidth(root);
  write('src/kernels/a.ts', 'one\n'); // as another system checks it out
  expect(fullWidthIsVerified(root)).toBe(true);
  write('shaders/parts/b.wgsl', '');
  expect(fullWidthIsVerified(root)).toBe(false);
});
