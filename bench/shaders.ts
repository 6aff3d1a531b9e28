/** The kernels that only benches run; the library does not carry them. */
import { addShaders } from '../src/kernels/shader.ts';

/** Makes them known. A call, because bundlers leave out modules of a package that are imported for an effect alone. */
export function addBenchShaders(): void {
  addShaders(import.meta.glob<string>('../shaders/bench_*.wgsl', { query: '?raw', import: 'default' }));
}
