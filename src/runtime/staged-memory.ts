/** A staged run's memory on a device: weights on their way in, and the records of `prepare` that turn them. */
import { Graph } from '../graph/graph.ts';
import type { StagedMemory } from '../graph/staged-run.ts';
import type { DeviceBuffers } from './buffers.ts';
import { compileGraphs } from './compile.ts';
import type { PipelineCache } from './pipelines.ts';

/** Staged memory on a device. `submit` budgets are the executable's defaults: preparing takes little. */
export function deviceMemory(buffers: DeviceBuffers, pipelines: PipelineCache): StagedMemory {
  const { queue } = buffers.device;
  return {
    allocate: (tensors) => buffers.allocate(tensors),
    write: (tensor, data, byteOffset) => buffers.write(tensor, data, byteOffset),
    settle: () => queue.onSubmittedWorkDone(),
    async run(records) {
      const graph = new Graph('prepare');
      for (const record of records) graph.add(record);
      const program = await compileGraphs(buffers, pipelines, [graph]);
      try {
        for (const executable of program.executables) executable.submit(buffers.device);
        await queue.onSubmittedWorkDone();
      } finally {
        program.dispose();
      }
    },
    free: (tensors) => buffers.free(tensors),
  };
}
