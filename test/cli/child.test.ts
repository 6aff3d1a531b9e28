/** Processes that run jobs: their environment, and that Chrome's sandbox is on where it can be. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startChild } from '../../cli/hosts/child.ts';
import { chromeFlags } from '../../scripts/chrome.mjs';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What a child makes of an expression. */
async function inChild(expression: string): Promise<string> {
  const words = await startChild(process.execPath, ['-e', `console.error(${expression}); process.exit(1)`], {}).ended;
  return words.replace(/^.* ended with exit code 1: /, '');
}

describe('startChild', () => {
  it.each([
    [undefined, undefined, '127.0.0.1,localhost'],
    ['.example.org', undefined, '.example.org,127.0.0.1,localhost'],
    [undefined, 'a.b,c', 'a.b,c,127.0.0.1,localhost'],
  ])('reaches the loopback past every proxy (NO_PROXY %s, no_proxy %s)', async (upper, lower, expected) => {
    vi.stubEnv('NO_PROXY', upper);
    vi.stubEnv('no_proxy', lower);
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    expect(await inChild('[process.env.NO_PROXY, process.env.no_proxy].join(" ")')).toBe(`${expected} ${expected}`);
    expect(await inChild('process.env.HTTP_PROXY')).toBe('http://127.0.0.1:9');
  });

  it('is known to end with us', async () => {
    const before = process.listenerCount('exit');
    const child = startChild(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], {});
    expect(process.listenerCount('exit')).toBe(before + 1);
    await child.stop();
    expect(await child.ended).toMatch(/SIGKILL/);
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('chromeFlags', () => {
  it.each([
    [0, true],
    [1000, false],
  ])('for user %i has --no-sandbox: %s', (user, expected) => {
    vi.spyOn(process, 'getuid').mockReturnValue(user);
    expect(chromeFlags().includes('--no-sandbox')).toBe(expected);
  });

  it('keeps the sandbox where there are no user numbers', () => {
    vi.stubGlobal('process', { ...process, platform: 'win32', getuid: undefined });
    expect(chromeFlags()).not.toContain('--no-sandbox');
    vi.unstubAllGlobals();
  });
});
