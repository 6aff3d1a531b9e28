/** What a fresh machine needs before a command can run: packages, Chrome, a Vulkan driver. Plain Node without packages. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { aptInstall, canApt, ensureChrome, hasGpu } from './chrome.mjs';

/** True when every package of the lock file is installed in the version it names; other platforms' may be absent. */
function packagesAreCurrent(root) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '' || (optional && !present[path])) return true;
    return present[path]?.version === version;
  });
}

/** Installs the packages of a folder's lock file. @throws one clear line */
function install(folder, what) {
  console.error(`set-up: installing ${what} …`);
  const windows = process.platform === 'win32';
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: windows,
  });
  if (status !== 0) throw new Error('npm ci failed (see above): check the network, then run the command again');
}

/** Installs the packages of `package-lock.json` when they are missing or of other versions. @throws one clear line */
export function ensurePackages(root) {
  if (!packagesAreCurrent(root)) install(root, 'packages (npm ci)');
}

/** Groups of packages that only some commands need; each is a folder of `tools/` with a lock file of its own. */
export const TOOLS = ['lint', 'types', 'test', 'pack', 'tfjs', 'peers', 'dawn', 'deno', 'faces', 'page', 'examples'];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The packages of a group that commands import, with their versions. */
const packagesOf = (root, tool) => Object.entries(readJson(join(root, 'tools', tool, 'package.json')).dependencies);

/** True when a package is found from the repository's root in that version; `npm:other@1.0.0` is one under another name. */
function isThere(root, [name, version]) {
  const description = join(root, 'node_modules', name, 'package.json');
  return existsSync(description) && readJson(description).version === version.replace(/^npm:.*@/, '');
}

/** The packages of groups that are not installed: who bundles leaves them out. */
export function missingPackages(root) {
  const all = TOOLS.flatMap((tool) => packagesOf(root, tool));
  return all.filter((wanted) => !isThere(root, wanted)).map(([name]) => name);
}

/**
 * Installs groups of packages, each into its own folder, and links what commands import into `node_modules`, where
 * everything looks.
 * @throws one clear line
 */
export function ensureTools(root, ...tools) {
  for (const tool of tools) {
    const missing = packagesOf(root, tool).filter((wanted) => !isThere(root, wanted));
    if (missing.length === 0) continue;
    const folder = join(root, 'tools', tool);
    if (!packagesAreCurrent(folder)) install(folder, `what ${readJson(join(folder, 'package.json')).description}`);
    for (const [name] of missing) {
      const link = join(root, 'node_modules', name);
      rmSync(link, { recursive: true, force: true });
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(folder, 'node_modules', name), link, 'junction');
      linkCommands(root, folder, name);
    }
  }
}

/** Makes a linked package's commands known to `npx`, e.g. `npx vitest`. */
function linkCommands(root, folder, name) {
  const { bin = {} } = readJson(join(folder, 'node_modules', name, 'package.json'));
  const commands = typeof bin === 'string' ? [name.replace(/^.*\//, '')] : Object.keys(bin);
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
  for (const file of commands.flatMap((command) => [command, `${command}.cmd`])) {
    const [from, to] = [folder, root].map((where) => join(where, 'node_modules', '.bin', file));
    if (!existsSync(from)) continue;
    rmSync(to, { force: true });
    symlinkSync(from, to);
  }
}

const FACE_NOTICE = `BlazeFace (256 px) and FaceMesh (192 px, 468 points) by Google, from MediaPipe
(https://github.com/google/mediapipe), licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0). Converted to TensorFlow.js by Vladimir Mandic and
distributed in the npm package @vladmandic/human (MIT), from which these files are unchanged copies.

The face descriptor is dlib's ResNet by Davis King (https://github.com/davisking/dlib-models, public domain), as the npm
package @vladmandic/face-api (MIT) distributes it; its list of weights is written in the form of the others.
`;

/** The face models: name in `models/faces`, and where its package of `node_modules/@vladmandic` has its values. */
const FACE_MODELS = {
  blazeface: 'human/models/blazeface',
  facemesh: 'human/models/facemesh',
  descriptor: 'face-api/model/face_recognition_model',
};

/** Puts the face models into `models/faces`, out of the packages that carry them, with their notice. @throws one clear line */
export function ensureFaceModels(root) {
  const [packages, to] = [join(root, 'node_modules', '@vladmandic'), join(root, 'models', 'faces')];
  const size = (path) => (existsSync(path) ? statSync(path).size : -1);
  const models = Object.entries(FACE_MODELS).map(([name, path]) => ({ name, from: join(packages, path) }));
  const isCurrent = ({ name, from }) => {
    const [is, wanted] = [size(join(to, `${name}.bin`)), size(`${from}.bin`)];
    return size(join(to, `${name}.json`)) > 0 && is > 0 && (wanted < 0 || is === wanted);
  };
  if (models.every(isCurrent)) return;
  ensureTools(root, 'faces');
  mkdirSync(to, { recursive: true });
  for (const { name, from } of models) {
    copyFileSync(`${from}.bin`, join(to, `${name}.bin`));
    writeFileSync(join(to, `${name}.json`), graphModelText(from));
  }
  writeFileSync(join(to, 'NOTICE'), FACE_NOTICE);
}

/** A model's JSON; a list of weights alone as a graph model without a graph, since its weights are all that is read. */
function graphModelText(from) {
  if (existsSync(`${from}.json`)) return readFileSync(`${from}.json`, 'utf8');
  const weightsManifest = readJson(`${from}-weights_manifest.json`);
  return JSON.stringify({ format: 'graph-model', weightsManifest });
}

function hasVulkanLoader() {
  try {
    return execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).includes('libvulkan.so.1');
  } catch {
    return false;
  }
}

function hasLavapipe() {
  const folder = '/usr/share/vulkan/icd.d';
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('lvp_icd'));
}

/** Makes sure that Dawn and wgpu find a Vulkan driver: on a Linux without a GPU a software one. @throws one clear line */
function ensureVulkan(packages) {
  console.error(`set-up: installing ${packages.join(' and ')} …`);
  if (canApt() && aptInstall(...packages)) return;
  throw new Error(
    `this host needs a Vulkan driver: install ${packages.join(' and ')} (Debian names) or use --host chrome`,
  );
}

/** Installs what the WebGPU host `chrome`, `dawn` or `deno` needs on this machine. @throws one clear line */
export function ensureHost(root, host) {
  if (host !== 'chrome') ensureTools(root, host);
  const linux = process.platform === 'linux';
  if (host === 'chrome') process.env.CHROME_PATH = ensureChrome();
  if (host === 'dawn' && linux) {
    if (!hasVulkanLoader()) ensureVulkan(['libvulkan1']);
    if (!hasGpu()) process.env.CHROME_PATH = ensureChrome(); // its SwiftShader is Dawn's driver
  }
  if (host === 'deno' && linux && (!hasVulkanLoader() || (!hasGpu() && !hasLavapipe()))) {
    ensureVulkan(hasGpu() ? ['libvulkan1'] : ['libvulkan1', 'mesa-vulkan-drivers']);
  }
}
