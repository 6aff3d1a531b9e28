/**
 * A generator of the stylegan2-ada-pytorch family under our keys. Its files come as `.pkl`, as `torch.save(G)` (which
 * pivotal tuning writes), and as state_dicts; all hold the same names.
 * Layers: training/networks.py (MappingNetwork, SynthesisNetwork, SynthesisLayer, ToRGBLayer) of that project.
 */
import { ensure } from '../errors.ts';
import type { Shape } from '../tensor.ts';

/** Where its average latent is. */
export const ADA_AVERAGE = 'mapping.w_avg';

/** @throws `model` error when one of these names belongs to a generator that is not read */
export function refuseOtherAda(file: string, names: Iterable<string>): void {
  for (const name of names) {
    ensure(
      !name.startsWith('mapping.embed.') && !/^synthesis\.b\d+\.skip\./.test(name),
      'model',
      () =>
        `${file}: "${name}" belongs to a conditional or residual generator; only unconditional skip generators are read`,
    );
  }
}

/** `synthesis.b16.conv0.affine.weight` → `convs.2.conv.modulation.weight`; null for what we do not need. */
export function adaKey(name: string): string | null {
  const mapping = /^mapping\.fc(\d+)\.(weight|bias)$/.exec(name);
  if (mapping) return `style.${Number(mapping[1]) + 1}.${mapping[2]}`;
  if (name === 'synthesis.b4.const') return 'input.input';
  const [, block] = /^synthesis\.b(\d+)\.resample_filter$/.exec(name) ?? [];
  if (block) return Number(block) > 4 ? `to_rgbs.${Math.log2(Number(block)) - 3}.upsample.kernel` : null;
  const [, resolution, layer, field] = /^synthesis\.b(\d+)\.(conv0|conv1|torgb)\.(.+)$/.exec(name) ?? [];
  if (!resolution || !layer || !field) return null;
  const level = Math.log2(Number(resolution)) - 2; // 0 at 4 px
  if (layer === 'torgb') {
    const key = level === 0 ? 'to_rgb1' : `to_rgbs.${level - 1}`;
    return field === 'bias' ? `${key}.bias` : weightField(key, field);
  }
  const index = 2 * (level - 1) + (layer === 'conv1' ? 1 : 0);
  if (field === 'noise_const') return `noises.noise_${index + 1}`;
  const key = level === 0 ? 'conv1' : `convs.${index}`;
  if (field === 'noise_strength') return `${key}.noise.weight`;
  if (field === 'resample_filter') return layer === 'conv0' ? `${key}.conv.blur.kernel` : null;
  return field === 'bias' ? `${key}.activate.bias` : weightField(key, field);
}

function weightField(key: string, field: string): string | null {
  if (field === 'weight') return `${key}.conv.weight`;
  return field === 'affine.weight' || field === 'affine.bias'
    ? `${key}.conv.modulation${field.slice('affine'.length)}`
    : null;
}

/** Shape under our key: we keep a batch dimension on constants, weights and noise, and RGB biases as pictures. */
export function adaShape(key: string, shape: Shape): Shape {
  if (/\.conv\.weight$|input\.input$/.test(key)) return [1, ...shape];
  if (/noises\.noise_\d+$/.test(key)) return [1, 1, ...shape];
  if (/to_rgbs?\d?(\.\d+)?\.bias$/.test(key)) return [1, ...shape, 1, 1];
  return /noise\.weight$/.test(key) ? [1] : shape;
}
