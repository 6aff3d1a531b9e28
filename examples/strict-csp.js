/** Nothing is evaluated, inlined or compiled to WebAssembly: own scripts, an own worker and the model's address are all. */
import { loadInWorker } from '../dist/worker.js';

const canvas = document.querySelector('canvas');
const broken = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => broken.push(violatedDirective));
try {
  const hs = await loadInWorker('../models/clay-portraits-128/');
  const photo = await (await fetch('../models/clay-portraits-128/samples/portrait-4.png')).blob();
  const person = await hs.invert(photo, { steps: 1 });
  await person.edit({ smile: 1.5 });
  person.draw(canvas);
  document.title = broken.length > 0 ? `failed: the policy forbids ${broken}` : 'ready';
} catch (error) {
  document.title = `failed: ${error.message}`;
}
