/** Counts what a page submits to its GPUs: dispatches by graph, and which shaders they run. */

/** What was submitted. */
export interface Runs {
  /** Dispatches by the name of their graph. */
  readonly graphs: Readonly<Record<string, number>>;
  /** Names of the pipelines that ran. */
  readonly pipelines: ReadonlySet<string>;
}

/** Runs `work` and tells what it submitted. Nothing else may use a GPU meanwhile. */
export async function runsOf(work: () => Promise<unknown>): Promise<Runs> {
  const { beginComputePass } = GPUCommandEncoder.prototype;
  const { dispatchWorkgroups, setPipeline } = GPUComputePassEncoder.prototype;
  const graphs: Record<string, number> = {};
  const pipelines = new Set<string>();
  GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
    const pass = beginComputePass.call(this, descriptor);
    pass.label = descriptor?.label ?? '';
    return pass;
  };
  GPUComputePassEncoder.prototype.setPipeline = function (pipeline) {
    pipelines.add(pipeline.label);
    setPipeline.call(this, pipeline);
  };
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...grid) {
    graphs[this.label] = (graphs[this.label] ?? 0) + 1;
    dispatchWorkgroups.apply(this, grid);
  };
  try {
    await work();
  } finally {
    Object.assign(GPUCommandEncoder.prototype, { beginComputePass });
    Object.assign(GPUComputePassEncoder.prototype, { dispatchWorkgroups, setPipeline });
  }
  return { graphs, pipelines };
}
