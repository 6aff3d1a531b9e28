/** WebGPU's constants for Node tests that open a fake device. Values do not matter there. */
import { vi } from 'vitest';

/** Their names. */
export const GPU_CONSTANTS = ['GPUBufferUsage', 'GPUTextureUsage', 'GPUShaderStage', 'GPUMapMode'] as const;

/** Defines all of them but `missing`, which another file may have defined, until `vi.unstubAllGlobals()`. */
export function stubGpuConstants(missing?: string): void {
  for (const name of GPU_CONSTANTS) {
    vi.stubGlobal(name, {});
    if (name === missing) Reflect.deleteProperty(globalThis, name);
  }
}
