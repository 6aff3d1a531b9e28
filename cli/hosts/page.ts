/** The page that runs a job in Chrome. */
import { runInHost } from './runner.ts';

await runInHost({
  base: location.href.replace(/\/[^/]*$/, ''),
  gpu: 'gpu' in navigator ? navigator.gpu : undefined,
  repair: 'this Chrome offers no WebGPU; update it, set CHROME_PATH to another, or use --host dawn',
});
