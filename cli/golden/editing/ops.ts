/** Which op of a folder of editing goldens is computed by which function. */
import type { OpenDevice } from '../../../src/runtime/device.ts';
import type { Difference, Golden } from '../golden-file.ts';
import { Outputs } from '../pipeline-case.ts';
import { baseCase } from './base-case.ts';
import { domainCase, domainFromPhoto, restyleCase } from './domain-cases.ts';
import {
  combined,
  type EditCase,
  ganspaceFile,
  interfaceGan,
  interpolation,
  sefaCase,
  strengthCase,
  styleMixing,
  styleSpace,
} from './edit-cases.ts';
import { latentsCase, weightDeltasCase } from './exchange-cases.ts';
import { type Files, Stage } from './stage.ts';
import { ownStyleClip, styleClip } from './styleclip-case.ts';

type CaseFunction = (files: Files, golden: Golden, opened: OpenDevice) => Promise<Difference[]>;

/** A case that edits the base model's people. */
function onStage(run: (c: EditCase) => Promise<void>): CaseFunction {
  return async (files, golden, opened) => {
    const { model, person, other } = golden.entry;
    const people = [person, other].filter((n): n is number => typeof n === 'number');
    const stage = await Stage.open(files, opened, String(model), people);
    try {
      const outputs = new Outputs(golden);
      await run({ files, golden, stage, outputs });
      return outputs.all();
    } finally {
      stage.dispose();
    }
  };
}

/** Ops by name. */
export const EDITING_OPS: ReadonlyMap<string, CaseFunction> = new Map<string, CaseFunction>([
  ['editing_base', baseCase],
  ['interfacegan', onStage(interfaceGan)],
  ['ganspace_file', onStage(ganspaceFile)],
  ['stylespace', onStage(styleSpace)],
  ['combined', onStage(combined)],
  ['sefa', onStage(sefaCase)],
  ['style_mixing', onStage(styleMixing)],
  ['interpolation', onStage(interpolation)],
  ['strength', onStage(strengthCase)],
  [
    'styleclip',
    (files, golden, opened) =>
      golden.entry.generator ? ownStyleClip(files, golden, opened) : onStage(styleClip)(files, golden, opened),
  ],
  ['restyle_e4e', restyleCase],
  ['domain_adaptation', domainCase],
  ['domain_adaptation_end_to_end', domainFromPhoto],
  ['latents_npy', latentsCase],
  ['weight_deltas', weightDeltasCase],
]);
