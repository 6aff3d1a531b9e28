/** The Node process that runs a job on Dawn, through the `webgpu` package. Its argument is the command's address. */
import { create, globals } from 'webgpu';
import { endWithCommand } from './end-with-command.ts';
import { runInHost } from './runner.ts';

/**
 * Dawn's binding asks for finished work in a `setImmediate` loop as long as anything is pending, which takes a whole core from
 * a driver that computes on the CPU (1.3 times slower on two cores). Asking once a millisecond is soon enough.
 */
function pollOnceAMillisecond(): void {
  const immediate = (callback: (...rest: unknown[]) => void, ...rest: unknown[]) => setTimeout(callback, 1, ...rest);
  Object.assign(globalThis, { setImmediate: immediate });
}

endWithCommand();
pollOnceAMillisecond();
Object.assign(globalThis, globals);
await runInHost({
  base: process.argv[2] ?? '',
  gpu: create([]),
  repair: 'Dawn needs a Vulkan, Metal or D3D12 driver; without a GPU install Chromium for its SwiftShader',
});
process.exit();
