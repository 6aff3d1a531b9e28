/** A model written as checkpoints is read back by our own reader, value by value, and is the same architecture. */
import { expect, it } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { collectTensors } from '../../src/weights/collect.ts';
import { type ModelFile, writeModelFile } from '../../src/weights/model-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { golden } from '../editing/support.ts';
import { expectRefusal } from '../weights/support.ts';

it.each(['pipeline-faces', 'pipeline-cars-separable', 'pipeline-perchannel-torgb'])('%s', async (name) => {
  const open = async (file: string) => openCheckpoint(await golden(`../../goldens/${name}.${file}.pt`, `${file}.pt`));
  const source = checkpointSource(await open('hyperstyle'), await open('w_encoder'));
  const values = await collectTensors(source, () => true);
  const { architecture, tensors } = source;
  const write = async (file: ModelFile) =>
    openCheckpoint(bytesSource(`${file}.pt`, await writeModelFile(file, architecture, tensors, values)));
  const again = checkpointSource(await write('hyperstyle'), await write('encoder'));
  expect(again.architecture).toEqual(architecture);
  expect(await collectTensors(again, () => true)).toEqual(values);
  const incomplete = new Map(values);
  incomplete.delete('hypernet.conv1.weight');
  await expectRefusal(
    writeModelFile('hyperstyle', architecture, tensors, incomplete),
    /"hypernet.conv1.weight" has no values/,
  );
});
