/** The kernels that only benches run; the library does not carry them. */
import { addShaders } from '../src/kernels/shader.ts';

addShaders(import.meta.glob<string>('../shaders/bench_*.wgsl', { query: '?raw', import: 'default' }));
