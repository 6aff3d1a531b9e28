import { describe, expect, it } from 'vitest';
import { hostOption, integer, program } from '../../cli/arguments.ts';
import { mixParts } from '../../cli/commands/mix.ts';
import { edits, strength } from '../../cli/edit-options.ts';

describe('arguments', () => {
  const parse = (...argv: string[]) =>
    program('try', 'a test')
      .option('--steps <n>', 'passes', integer(1, 100), 5)
      .addOption(hostOption())
      .parse(argv, { from: 'user' })
      .opts();

  it('has defaults and takes good values', () => {
    expect(parse()).toEqual({ steps: 5, host: 'chrome' });
    expect(parse('--steps', '7', '--host', 'deno')).toEqual({ steps: 7, host: 'deno' });
  });

  it.each(['0', '101', 'abc', '1.5', '', '1e2', ' 3'])('refuses --steps "%s" with option, value and range', (value) => {
    expect(() => parse('--steps', value)).toThrow(
      `option '--steps <n>' argument '${value}' is invalid. Expected a whole number from 1 to 100.`,
    );
  });

  it('refuses unknown hosts and options', () => {
    expect(() => parse('--host', 'firefox')).toThrow(/firefox.*chrome, dawn, deno/);
    expect(() => parse('--stpes', '3')).toThrow('--stpes');
  });
});

describe('options of an edit', () => {
  it('reads rows of latents', () => {
    expect(edits('smile=2@4-8')).toEqual({ smile: { amount: 2, layers: [4, 8] } });
    expect(edits('sefa 0=-1')).toEqual({ 'sefa 0': -1 });
    expect(() => edits('smile=2@8-4')).toThrow('rows 8 to 4 are none');
    expect(() => edits('smile=NaN')).toThrow('--edit "smile=NaN"');
  });

  it('reads strengths of all groups and of one', () => {
    expect(strength('fine=0.5', strength('1.2'))).toEqual({ coarse: 1.2, medium: 1.2, fine: 0.5, rgb: 1.2 });
    expect(strength('fine=0.5')).toEqual({ fine: 0.5 });
    expect(() => strength('sharp=1')).toThrow(/no group "sharp"/);
    expect(() => strength('fine=')).toThrow(/number/);
  });

  it('reads weights of a mix', () => {
    expect(mixParts(['a.safetensors=0.3', 'b.safetensors=0.7']).map(({ weight }) => weight)).toEqual([0.3, 0.7]);
    expect(mixParts(['a.safetensors', 'x=1/b.safetensors'])).toEqual([
      { path: 'a.safetensors', weight: 0.5 },
      { path: 'x=1/b.safetensors', weight: 0.5 },
    ]);
    expect(() => mixParts(['a.safetensors=much', 'b.safetensors'])).toThrow('the weight is "much"');
  });
});

describe('edits', () => {
  it('collects amounts by name, the last one counting', () => {
    expect(edits('smile=2', edits('yaw=-1.5'))).toEqual({ yaw: -1.5, smile: 2 });
    expect(edits('smile=1', { smile: 3 })).toEqual({ smile: 1 });
  });

  it.each(['smile', '=2', 'smile=', 'smile=much', 'smile=Infinity'])('refuses "%s"', (text) => {
    expect(() => edits(text)).toThrow(`--edit "${text}"`);
  });
});
