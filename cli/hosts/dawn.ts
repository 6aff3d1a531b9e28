/** Runs a job in a Node process on Dawn. Without a GPU its driver is the SwiftShader that comes with Chromium. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findChrome, hasGpu } from '../../scripts/chrome.mjs';
import { HOST_BUNDLE } from '../paths.ts';
import { startChild } from './child.ts';
import type { RunningHost } from './host.ts';

/** Folders that may hold Chromium's SwiftShader and Vulkan loader. */
function chromeFolders(): string[] {
  const chrome = findChrome();
  const beside = chrome ? [dirname(realpathSync(chrome))] : [];
  return [...beside, '/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
}

/** The environment in which Dawn finds a driver without a GPU. */
export function swiftShader(): Record<string, string> {
  if (hasGpu() || process.env.VK_ICD_FILENAMES) return {};
  const folder = chromeFolders().find((path) => existsSync(join(path, 'vk_swiftshader_icd.json')));
  return folder ? { VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json') } : {};
}

/** Starts a Node process on the job served at `base`. */
export async function startDawn(base: string): Promise<RunningHost> {
  return startChild(process.execPath, [join(HOST_BUNDLE, 'dawn-child.js'), base], swiftShader());
}
