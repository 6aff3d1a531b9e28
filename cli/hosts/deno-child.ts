/** The Deno process that runs a job on wgpu. Its argument is the command's address. */
import process from 'node:process';
import { endWithCommand } from './end-with-command.ts';
import { runInHost } from './runner.ts';

endWithCommand();
await runInHost({
  base: process.argv[2] ?? '',
  gpu: 'gpu' in navigator ? navigator.gpu : undefined,
  repair:
    'wgpu needs a Vulkan or Metal driver; on a Debian without a GPU: apt-get install mesa-vulkan-drivers libvulkan1',
});
process.exit();
