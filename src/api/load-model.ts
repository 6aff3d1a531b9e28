/**
 * From weights to a model that can invert: a device, an engine on it, pictures in and out, and the proof that a
 * sample picture comes out as it should. Where it does not, everything is loaded again with the simplest
 * kernels.
 */
import { HyperStyleError, imported, throwIfAborted } from '../errors.ts';
import { largestTensor } from '../graph/plan.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { loadShaders } from '../kernels/shader.ts';
import { Engine } from '../method/engine.ts';
import { HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import { type DeviceOptions, ensureRoom, type NeedOf, type OpenDevice, openDevice } from '../runtime/device.ts';
import { graphsOf } from '../runtime/network.ts';
import type { KernelReport, StartUpOptions } from '../tuning/start-up.ts';
import type { ModelFolderOptions } from '../weights/model-folder.ts';
import type { SamplePicture, StreamOptions, WeightSource } from '../weights/weight-source.ts';
import type { FaceSource } from './face-files.ts';
import { Marking, type ModelMark } from './model-mark.ts';
import { PictureStore } from './picture.ts';
import { PictureReader } from './picture-reader.ts';
import type { SampleReport } from './sample-check.ts';

/**
 * Options of `HyperStyle.load`: where to run, which kernels, what to cache, `onProgress` of the download, and a
 * `signal` that stops the load; nothing then stays allocated.
 */
export interface LoadOptions extends DeviceOptions, StartUpOptions, ModelFolderOptions, StreamOptions {
  /**
   * Where the face models are, for `align` and `findFaces`: their folder's address, or what gives a file;
   * default `/models/faces/`.
   */
  readonly faces?: FaceSource | undefined;
  /**
   * Whether a sample picture of the model is inverted by one step and its errors compared with the published
   * ones. Default: on GPUs, where it takes about two steps' time; CPU adapters take too long for it.
   */
  readonly sampleCheck?: boolean | undefined;
}

/** Which kernels run, and whether a sample picture came out as it should. */
export interface LoadReport extends KernelReport {
  /** What became of the check by a sample picture, {@link LoadOptions.sampleCheck}. */
  readonly sample: SampleReport;
}

/** Everything that a model's methods work with. */
export interface LoadedModel {
  readonly engine: Engine;
  readonly pictures: PictureStore;
  readonly reader: PictureReader;
  readonly mark: ModelMark;
  readonly report: LoadReport;
}

/** Bytes of the largest tensor of a model, by the facts of an adapter. */
export const needOfModel =
  (source: Pick<WeightSource, 'architecture' | 'tensors'>): NeedOf =>
  async (facts) =>
    largestTensor(graphsOf(await HyperStyleNetwork.inPieces(source, facts)));

/**
 * Loads a model. Frees everything when it fails.
 * @throws errors of the device and of the weights; `device` when the sample comes out wrong with the simplest kernels as well
 */
export async function loadModel(source: WeightSource, options: LoadOptions): Promise<LoadedModel> {
  const needOf = needOfModel(source);
  loadShaders([{ shader: 'styles' }]).catch(() => undefined); // brings those that come with it while the manifest is read
  const opened = await openDevice(options, needOf);
  try {
    throwIfAborted(options.signal);
    const wanted = options.sampleCheck ?? !opened.facts.software;
    const sample = wanted ? await source.sample?.(options.signal) : undefined;
    const load = async (facts: KernelFacts): Promise<LoadedModel> => {
      ensureRoom(opened, await needOf(facts));
      throwIfAborted(options.signal);
      return loadOn({ ...opened, facts }, source, wanted ? { sample } : undefined, options);
    };
    const first = await load(opened.facts);
    return first.report.sample.state === 'failed' ? await withSimplestKernels(first, opened, load, options) : first;
  } catch (error) {
    if (opened.owned) opened.device.destroy();
    throw error;
  }
}

/** Loads with given kernels and checks them. */
async function loadOn(
  opened: OpenDevice,
  source: WeightSource,
  check: { readonly sample: SamplePicture | undefined } | undefined,
  options: LoadOptions,
): Promise<LoadedModel> {
  const { signal, onWarning } = options;
  const marking = new Marking(source);
  const engine = await Engine.load(marking.source, opened, options);
  try {
    const mark = await marking.mark();
    const parts = Promise.all([PictureStore.create(engine), PictureReader.create(engine, onWarning)]);
    const [pictures, reader] = await engine.runtime.life.wait(parts, { signal });
    const notAsked =
      options.sampleCheck === false ? 'sampleCheck is false' : 'on CPU adapters it takes too long, unless asked for';
    const { checkSample, skipped } = await imported(import('./sample-check.ts'));
    const sample = check ? await checkSample(engine, reader, check.sample, signal) : skipped(notAsked);
    return { engine, pictures, reader, mark, report: { ...engine.kernels, sample } };
  } catch (error) {
    engine.runtime.release();
    throw error;
  }
}

/**
 * What to do when a sample comes out wrong although the self-test has passed: which kernel it is cannot be
 * told, so none is kept.
 */
async function withSimplestKernels(
  failed: LoadedModel,
  { adapterName, facts }: OpenDevice,
  load: (facts: KernelFacts) => Promise<LoadedModel>,
  { onWarning = console.warn }: LoadOptions,
): Promise<LoadedModel> {
  failed.engine.runtime.release();
  const { sample, rungs } = failed.report;
  const warning =
    `a sample picture comes out wrong on ${adapterName} (${sample.why}) with the kernels ` +
    `${rungs.join(', ')}: the simplest kernels run instead, which are slower; update the graphics driver`;
  onWarning(warning);
  const second = await load({ ...facts, forced: 'direct', forcedUp: undefined, precision: 'f32' });
  if (second.report.sample.state !== 'failed') {
    return { ...second, report: { ...second.report, warnings: [warning, ...second.report.warnings] } };
  }
  second.engine.runtime.release();
  throw new HyperStyleError(
    'device',
    `a sample picture comes out wrong on ${adapterName} with every kernel (${second.report.sample.why}): ` +
      'update the graphics driver, or load with sampleCheck: false to use it all the same',
  );
}
