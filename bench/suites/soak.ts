/**
 * What stays after many inversions and after many models: bytes of the GPU's buffers and textures, counted where they
 * are made and destroyed, and the JavaScript heap after a collection. `--rounds N` inversions (at least 10), a fifth as
 * many models. The model has made-up weights and is small: what would pile up does so by the piece.
 */
import { HyperStyle } from '../../src/api/hyperstyle.ts';
import { uniformArchitecture } from '../cases/architectures.ts';
import { randomValues } from '../cases/random.ts';
import { loadOptions, type SuiteContext } from './context.ts';
import { syntheticSource } from './synthetic.ts';

const SIZE = 32;
const CHANNELS = 16;
/** Lines of each table. */
const LINES = 10;

/** Bytes of everything that a device has made and not destroyed. */
function countedBytes(device: GPUDevice): () => number {
  let bytes = 0;
  const counted = <T extends GPUBuffer | GPUTexture>(object: T, size: number): T => {
    bytes += size;
    const destroy = object.destroy.bind(object);
    let gone = false;
    object.destroy = () => {
      if (!gone) bytes -= size;
      gone = true;
      destroy();
      return undefined;
    };
    return object;
  };
  const [buffer, texture] = [device.createBuffer.bind(device), device.createTexture.bind(device)];
  device.createBuffer = (descriptor) => counted(buffer(descriptor), descriptor.size);
  device.createTexture = (descriptor) => {
    const made = texture(descriptor);
    return counted(made, 4 * made.width * made.height);
  };
  return () => bytes;
}

/** What hosts can say of their heap, which the types do not have. */
interface HeapReporter {
  readonly process?: { memoryUsage(): { heapUsed: number } };
  readonly performance: {
    measureUserAgentSpecificMemory?(): Promise<{ bytes: number }>;
    readonly memory?: { readonly usedJSHeapSize: number };
  };
}

/** Bytes of the JavaScript heap after a collection, where the host tells; else NaN. */
async function heapBytes(): Promise<number> {
  const { process, performance } = globalThis as unknown as HeapReporter;
  if (process?.memoryUsage) {
    const [v8, vm] = [await import('node:v8'), await import('node:vm')];
    v8.setFlagsFromString('--expose-gc');
    vm.runInNewContext('gc')();
    return process.memoryUsage().heapUsed;
  }
  const measured = await performance.measureUserAgentSpecificMemory?.().catch(() => undefined);
  return measured?.bytes ?? performance.memory?.usedJSHeapSize ?? Number.NaN;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Does `work` many times and says ten times what stays. */
async function repeat(c: SuiteContext, what: string, count: number, bytes: () => number, work: () => Promise<void>) {
  const told = Math.max(1, Math.round(count / LINES));
  for (let i = 1; i <= count; i++) {
    await work();
    if (i % told !== 0) continue;
    const text = `${i} ${what}: ${bytes()} bytes on the GPU, heap ${mib(await heapBytes())}`;
    await c.note(text);
    await c.finding({ suite: 'soak', text });
  }
}

/** The suite. */
export async function soakSuite(c: SuiteContext): Promise<void> {
  const inversions = Math.max(LINES, c.options.rounds);
  const { architecture, widths } = uniformArchitecture(SIZE, CHANNELS);
  const weights = syntheticSource(architecture, widths);
  const photo = { data: Uint8Array.from(randomValues(1, 4 * SIZE * SIZE, 127, 128)), width: SIZE, height: SIZE };
  const bytes = countedBytes(c.device);
  const load = (): Promise<HyperStyle> => HyperStyle.fromWeights(weights, loadOptions(c));
  const hs = await load();
  await repeat(c, 'inversions', inversions, bytes, async () => {
    const person = await hs.invert(photo, { steps: c.options.steps });
    await person.toImageData();
    person.dispose();
  });
  hs.dispose();
  await repeat(c, 'models loaded and disposed of', Math.ceil(inversions / 5), bytes, async () => {
    const model = await load();
    (await model.invert(photo, { steps: 1 })).dispose();
    model.dispose();
  });
}
