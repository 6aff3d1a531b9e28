/** A generator written as `g_ema` is read back by our own reader, value by value. */
import { expect, it } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { collectTensors } from '../../src/weights/collect.ts';
import { writeGenerator } from '../../src/weights/generator-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { golden } from '../editing/support.ts';
import { expectRefusal } from './support.ts';

const isGenerator = (name: string): boolean => name.startsWith('decoder.') || name === 'latent_avg';

it('writes what it reads, fixed filters included', async () => {
  const file = await golden('../../goldens/pipeline-faces.hyperstyle.pt', 'faces.pt');
  const source = checkpointSource(await openCheckpoint(file), null);
  const weights = await collectTensors(source, isGenerator);
  const written = await writeGenerator(source.architecture, weights);
  const checkpoint = await openCheckpoint(bytesSource('anna.pt', written));
  expect(await collectTensors(checkpointSource(checkpoint, null), isGenerator)).toEqual(weights);
  const filter = await checkpoint.tensors.get('decoder.to_rgbs.0.upsample.kernel')?.read();
  expect(filter?.reduce((sum, v) => sum + v, 0)).toBeCloseTo(4);
  const incomplete = new Map(weights);
  incomplete.delete('decoder.conv1.conv.weight');
  await expectRefusal(writeGenerator(source.architecture, incomplete), /"decoder.conv1.conv.weight" has no values/);
});
