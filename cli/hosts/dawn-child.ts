/** The Node process that runs a job on Dawn, through the `webgpu` package. Its argument is the command's address. */
import { create, globals } from 'webgpu';
import { runInHost } from './runner.ts';

Object.assign(globalThis, globals);
await runInHost({
  base: process.argv[2] ?? '',
  gpu: create([]),
  repair: 'Dawn needs a Vulkan, Metal or D3D12 driver; without a GPU install Chromium for its SwiftShader',
});
process.exit();
