/**
 * Where Chrome is, how it must be started for WebGPU, and how to get one. Plain Node without packages, because set-up
 * runs it before anything is installed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];
const FIXED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
/** Folder of this checkout that an `npx @puppeteer/browsers` download goes to. */
const DOWNLOADS = join(import.meta.dirname ?? '.', '..', '.chrome');

/** True when the machine shows a GPU to Chrome and Dawn; everything but Linux is taken to have one. */
export function hasGpu() {
  if (process.platform !== 'linux') return true;
  const rendersNode = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  return rendersNode || existsSync('/dev/nvidia0') || existsSync('/dev/dxg');
}

/** Command-line flags that give a headless page WebGPU; on a machine without a GPU also a WebGPU canvas (SwiftShader). */
export function chromeFlags() {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  const awake = [
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
  ];
  const flags = ['--enable-unsafe-webgpu', '--disable-sync', ...quiet, ...awake];
  if (process.getuid?.() === 0) flags.push('--no-sandbox'); // Chrome refuses to run as root with it
  if (process.platform === 'linux') flags.push('--enable-features=Vulkan');
  if (!hasGpu()) flags.push('--use-angle=swiftshader', '--use-vulkan=swiftshader');
  return flags;
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function downloaded() {
  if (!existsSync(DOWNLOADS)) return undefined;
  const binaries = new Set(['chrome', 'chrome.exe', 'Google Chrome for Testing']);
  const files = readdirSync(DOWNLOADS, { recursive: true, withFileTypes: true });
  const found = files.find((entry) => entry.isFile() && binaries.has(entry.name));
  return found && join(found.parentPath ?? found.path, found.name);
}

/** Path of an installed Chrome or Chromium, or undefined. `CHROME_PATH` wins, and must then exist. */
export function findChrome() {
  const wanted = process.env.CHROME_PATH;
  if (wanted) {
    if (existsSync(wanted)) return wanted;
    throw new Error(`CHROME_PATH is "${wanted}", but there is no such file: point it at a Chrome binary or unset it`);
  }
  return NAMES.map(onPath).find(Boolean) ?? FIXED.find((path) => existsSync(path)) ?? downloaded();
}

/** True where Debian packages can be installed without asking anybody. */
export function canApt() {
  return process.platform === 'linux' && process.getuid?.() === 0 && Boolean(onPath('apt-get'));
}

/** Installs Debian packages; false when that did not work. */
export function aptInstall(...packages) {
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const install = () => spawnSync('apt-get', ['install', '-y', '-qq', ...packages], options).status === 0;
  return install() || (spawnSync('apt-get', ['update', '-qq'], options).status === 0 && install());
}

/** Finds Chrome or installs it: apt as root on Debian, else a download into `.chrome/`. @throws one clear line */
export function ensureChrome() {
  const found = findChrome();
  if (found) return found;
  console.error('set-up: no Chrome found, installing one …');
  if (canApt() && aptInstall('chromium')) {
    const installed = findChrome();
    if (installed) return installed;
  }
  try {
    const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
    const args = ['--yes', '@puppeteer/browsers', 'install', 'chrome@stable', '--path', DOWNLOADS];
    execFileSync(npx, args, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  } catch {
    // Reported below: what matters is that no Chrome is there.
  }
  const fetched = downloaded();
  if (fetched) return fetched;
  throw new Error(
    'no Chrome found and none could be installed: install Chrome or Chromium, or set CHROME_PATH to its binary',
  );
}
