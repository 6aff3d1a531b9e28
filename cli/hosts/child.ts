/** Runs a job in a child process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { complain } from '../terminal.ts';
import type { RunningHost } from './host.ts';

const LAST_CHARACTERS = 2000;

/** The line of a crashed process's last words that says most; the Vulkan loader's remark on every start is none. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.includes('XDG_RUNTIME_DIR'));
  return lines.find((line) => /error|panic/i.test(line))?.trim() ?? lines.at(-1)?.trim() ?? '';
}

/** Environment in which our own loopback server is reached directly, whatever proxy leads elsewhere. */
function loopbackDirect(env: NodeJS.ProcessEnv): Record<string, string> {
  const direct = [env.no_proxy ?? env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return { NO_PROXY: direct, no_proxy: direct };
}

/** Starts `binary args…` with `env` added to ours. */
export function startChild(
  binary: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningHost {
  const child = spawn(binary, args, {
    env: { ...process.env, ...loopbackDirect(process.env), ...env },
    stdio: ['pipe', 'ignore', 'pipe'], // it ends when its input does: see `end-with-command.ts`
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-LAST_CHARACTERS);
    if (process.env.HYPERSTYLE_VERBOSE) complain(...chunk.toString().trimEnd().split('\n'));
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${binary} does not start: ${error.message}`));
    child.on('close', (code, signal) => {
      process.off('exit', kill);
      const words = lastWords(stderr);
      resolve(`${binary} ended with ${signal ?? `exit code ${code}`}${words && `: ${words}`}`);
    });
  });
  const stop = async (): Promise<void> => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'close');
  };
  return { ended, stop };
}
