/** Golden case of GANSpace editing. */
import { latents } from '../../src/kernels/latents.ts';
import { tensor } from '../../src/tensor.ts';
import { goldenTensor } from './golden-file.ts';
import type { OpCase } from './op-case.ts';

/** GANSpace: (strength − ⟨w_0 − mean, c⟩/σ) · c · σ is added to the latents `[start, end)`. */
export function ganspace(c: OpCase): void {
  const { component, start, end, strength } = c.golden.entry;
  const [k, from, to, wanted] = [Number(component), Number(start), Number(end), Number(strength)];
  const latent = goldenTensor(c.golden, 'in.latent');
  const [rows = 0, features = 0] = latent.shape;
  const direction = goldenTensor(c.golden, 'in.comp').data.subarray(k * features, (k + 1) * features);
  const { data: mean } = goldenTensor(c.golden, 'in.mean');
  const sigma = goldenTensor(c.golden, 'in.std').data[k] ?? 1;
  // As in the authors' code, the first row's coordinate counts for all rows.
  const coordinate = direction.reduce((sum, n, d) => sum + ((latent.data[d] ?? 0) - (mean[d] ?? 0)) * n, 0) / sigma;
  const amount = (wanted - coordinate) * sigma;
  const moved = new Float32Array(rows * features);
  for (let row = from; row < to; row++) {
    moved.set(
      direction.map((n) => amount * n),
      row * features,
    );
  }
  const shape = [rows, features];
  const single = (name: string, data: Float32Array) => c.values(name, shape, { shape: [1, ...shape], data });
  const output = tensor('edited', [rows, features]);
  const operands = { base: single('latent', latent.data), added: single('offset', moved) };
  latents(c.graph, { label: 'ganspace', ...operands, output });
  c.expect('latent', output);
}
