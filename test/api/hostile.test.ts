/**
 * Everything that the package's entries export and that needs no GPU, called with what nobody should pass: each call
 * gives something or a named error, never another kind of error, and leaves no promise that nobody heard.
 */
import { expect, it } from 'vitest';
import * as faces from '../../src/index-faces.ts';
import * as core from '../../src/index-node.ts';
import { judge, lossFromFiles, Trainer } from '../../src/index-training.ts';
import { loadInWorker } from '../../src/index-worker.ts';
import { outcome, rawErrors } from './hostile-values.ts';

const FILES = [new File(['{'], 'model.json')];
const PICTURE = { data: new Uint8ClampedArray(4), width: 1, height: 1 };
const PLACEMENT = { photo: PICTURE, picture: PICTURE, matrix: [1, 0, 0, 1, 0, 0] };
const POINT = [1, 1];
const HYPER = new File(['xyz'], 'h.pt');
const TRAINER = { show: async () => [] };

/** A function, and arguments in whose places the others are put one at a time. */
type Hostile = readonly [string, (...given: never[]) => unknown, ...unknown[]];
const EXPORTS: readonly Hostile[] = [
  ['HyperStyle.load', core.HyperStyle.load, FILES, {}],
  ['HyperStyle.preflight', core.HyperStyle.preflight, FILES, {}],
  ['HyperStyle.fromWeights', core.HyperStyle.fromWeights, {}, {}],
  ['loadRecovering', core.loadRecovering, FILES, {}],
  ['loadInWorker', loadInWorker, FILES, { signal: AbortSignal.abort() }],
  ['load of node', core.load, '/nowhere', { gpu: {} }],
  ['openNodeFile', core.openNodeFile, '/nowhere'],
  ['openNodeFolder', core.openNodeFolder, '/nowhere'],
  ['readPicture', core.readPicture, '/nowhere'],
  ['writePicture', core.writePicture, '/nowhere/a.png', PICTURE],
  ['openCheckpoint', core.openCheckpoint, HYPER, HYPER],
  ['checkpointKind', core.checkpointKind, HYPER],
  ['convertCheckpoint', core.convertCheckpoint, [HYPER], { write: async () => undefined }],
  ['deviceDescriptor', core.deviceDescriptor, FILES, {}],
  ['personKind', core.personKind, new Uint8Array(3)],
  ['modelFileUrl', core.modelFileUrl, 'http://a.example/', 'x'],
  ['beside', core.beside, PICTURE, PICTURE],
  ['wipe', core.wipe, PICTURE, PICTURE, 0.5],
  ['besideInputs', core.besideInputs, PICTURE, [PICTURE, PICTURE], { from: 0, to: 1, way: 0 }],
  ['swing', core.swing, {}, { smile: 1 }, {}],
  ['travel', core.travel, [1, 2], {}],
  ['travelPlace', core.travelPlace, 2, 0, {}],
  ['msSsim', core.msSsim, core.planarFromRgba(PICTURE), core.planarFromRgba(PICTURE), 'standard'],
  ['planarFromRgba', core.planarFromRgba, PICTURE],
  ['generatorLayers', core.generatorLayers, { size: 8, channels: {} }],
  ['FaceFinder.load', faces.FaceFinder.load, 'x', {}],
  ['pasteFace', faces.pasteFace, PICTURE, PICTURE, { placement: PLACEMENT }, {}],
  ['facePoints', faces.facePoints, [POINT]],
  ['faceSquare', faces.faceSquare, { eyeLeft: POINT, eyeRight: [2, 1], mouth: [1, 2] }],
  ['turnedSquare', faces.turnedSquare, POINT, 1, 0],
  ['centreCrop', faces.centreCrop, 8, 8, 1],
  ['Trainer.open', Trainer.open, FILES, {}],
  ['Trainer.load', Trainer.load, {}, {}],
  ['judge', judge, TRAINER, []],
  ['lossFromFiles', lossFromFiles, 'id', [], 1],
];

for (const [name, call, ...good] of EXPORTS) {
  it(`${name} gives something or a named error`, async () => {
    expect(await rawErrors(call, good)).toEqual([]);
    expect(await outcome(() => call(null as never))).toBe('refused');
  });
}

it('a worker that is none, and a host that has none, are named', async () => {
  for (const worker of [0, {}, 'w', null]) {
    await expect(loadInWorker('http://a.example/', { worker: worker as never })).rejects.toMatchObject({
      code: 'option',
      message: expect.stringMatching(/worker is .*expected a Worker or a MessagePort/),
    });
  }
  await expect(loadInWorker('http://a.example/')).rejects.toMatchObject({
    code: 'device',
    message: expect.stringMatching(/this host has no workers/),
  });
  await expect(core.load(new URL('ftp://a.example/'))).rejects.toMatchObject({ code: 'option' });
});
