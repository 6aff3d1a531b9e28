/** Golden cases of ReStyle-e4e and of domain adaptation: a person's offsets on a fine-tuned generator. */
import { noEdit } from '../../../src/editing/edit-space.ts';
import { Domain } from '../../../src/method/domain.ts';
import { Restyle } from '../../../src/method/restyle.ts';
import { SharedOffsets } from '../../../src/method/shared-offsets.ts';
import type { OpenDevice } from '../../../src/runtime/device.ts';
import { Runtime } from '../../../src/runtime/runtime.ts';
import { checkpointSource } from '../../../src/weights/checkpoint-source.ts';
import { latentEncoderSource } from '../../../src/weights/latent-encoder-checkpoint.ts';
import { batchEntry, type Difference, type Golden, goldenTensor } from '../golden-file.ts';
import { Outputs } from '../pipeline-case.ts';
import { type Files, goldenCheckpoint, Stage } from './stage.ts';

/** Passes of the encoder: its latents after each, the picture of the average, the last picture. */
export async function restyleCase(files: Files, golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const runtime = new Runtime(opened);
  try {
    const source = latentEncoderSource('restyle', await goldenCheckpoint(files, golden.entry.checkpoint));
    const restyle = await Restyle.mount(runtime, source);
    const outputs = new Outputs(golden);
    const steps = Number(golden.entry.steps);
    restyle.synthesize(await restyle.average());
    outputs.add('average', 0, await restyle.pooled());
    const x = goldenTensor(golden, 'in.x');
    for (let n = 0; n < (x.shape[0] ?? 1); n++) {
      const codes = await restyle.invert(batchEntry(x, n), steps, (values, pass) => {
        outputs.add(`codes${pass}`, n, values);
      });
      restyle.synthesize(codes);
      outputs.add(`y${steps}`, n, await restyle.read(restyle.network.generator.state.y));
    }
    return outputs.all();
  } finally {
    runtime.dispose();
  }
}

/** A domain of the stage, and the offsets that its pictures share. */
interface Elsewhere {
  readonly domain: Domain;
  readonly shared: SharedOffsets;
}

async function openDomain(files: Files, golden: Golden, stage: Stage): Promise<Elsewhere> {
  const { generator } = golden.entry;
  const source = checkpointSource(await goldenCheckpoint(files, generator), null);
  const domain = await Domain.mount(stage.engine, String(generator), source);
  return { domain, shared: new SharedOffsets(stage.engine) };
}

async function picture(
  stage: Stage,
  { domain, shared }: Elsewhere,
  position: number,
  latents: Float32Array,
  layers?: readonly number[],
): Promise<Float32Array> {
  const key = [stage.person(position)];
  const activate = (): void => stage.engine.activate([Stage.whole(stage.person(position))]);
  await domain.retune({ key, deltas: (wanted) => shared.of(key, wanted, activate) }, layers);
  domain.show({ latents, ...noEdit(stage.space) });
  return domain.read();
}

/** Given latents; offsets of the default layers, of all and of none. */
export async function domainCase(files: Files, golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const { model, person } = golden.entry;
  const stage = await Stage.open(files, opened, String(model), [Number(person)]);
  try {
    const elsewhere = await openDomain(files, golden, stage);
    const outputs = new Outputs(golden);
    const latents = batchEntry(goldenTensor(golden, 'in.latents'), 0);
    const { tunedLayers } = elsewhere.domain.network;
    outputs.add('y_none', 0, await picture(stage, elsewhere, 0, latents, []));
    outputs.add('y_default', 0, await picture(stage, elsewhere, 0, latents));
    outputs.add('y_all', 0, await picture(stage, elsewhere, 0, latents, tunedLayers));
    outputs.add('y_w_default', 0, await picture(stage, elsewhere, 0, stage.person().base));
    return outputs.all();
  } finally {
    stage.dispose();
  }
}

/** From the photo: latents by ReStyle-e4e, offsets by the base model. */
export async function domainFromPhoto(files: Files, golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const x = goldenTensor(golden, 'in.x');
  const numbers = Array.from({ length: x.shape[0] ?? 1 }, (_, n) => n);
  const stage = await Stage.open(files, opened, String(golden.entry.model), numbers, x);
  try {
    const elsewhere = await openDomain(files, golden, stage);
    const source = latentEncoderSource('restyle', await goldenCheckpoint(files, golden.entry.restyle));
    const restyle = await Restyle.mount(stage.engine.runtime, source);
    const outputs = new Outputs(golden);
    for (const n of numbers) {
      const codes = await restyle.invert(batchEntry(x, n), Number(golden.entry.restyle_steps));
      outputs.add('codes', n, codes);
      outputs.add('y', n, await picture(stage, elsewhere, n, codes));
    }
    return outputs.all();
  } finally {
    stage.dispose();
  }
}
