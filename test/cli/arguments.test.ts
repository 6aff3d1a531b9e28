import { describe, expect, it } from 'vitest';
import { edits, hostOption, integer, program } from '../../cli/arguments.ts';

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

describe('edits', () => {
  it('collects amounts by name, the last one counting', () => {
    expect(edits('smile=2', edits('yaw=-1.5'))).toEqual({ yaw: -1.5, smile: 2 });
    expect(edits('smile=1', { smile: 3 })).toEqual({ smile: 1 });
  });

  it.each(['smile', '=2', 'smile=', 'smile=much', 'smile=Infinity'])('refuses "%s"', (text) => {
    expect(() => edits(text)).toThrow(`--edit "${text}"`);
  });
});
