/**
 * Where measured choices are kept: beside the model shards, under a key of adapter, element type and everything that is
 * compiled, so that neither another GPU nor another version of the engine finds them.
 */
import type { KernelFacts } from '../kernels/choose.ts';
import { loadAllShaders, partNames, partSource, shaderNames, shaderSource } from '../kernels/shader.ts';
import { type ChoiceTable, parseChoices } from './choices.ts';

/** Keeps bytes by name; the shard cache is one, a host without browser storage brings its own. */
export interface ChoiceStore {
  /** The bytes under a name, or null. */
  get(name: string): Promise<Uint8Array | null>;
  /** Keeps bytes under a name, in place of earlier ones. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** FNV-1a of a text, eight hexadecimal digits. */
function fingerprint(text: string): string {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** The name under which an adapter's choices are kept; it changes with every shader. */
export async function choiceKey(adapterName: string, facts: KernelFacts, model: string): Promise<string> {
  await loadAllShaders();
  const kernels = shaderNames().sort();
  const parts = partNames().sort();
  const texts = [...kernels.map(shaderSource), ...parts.map(partSource)];
  const shaders = [...kernels, ...parts, ...texts].join('\n');
  const about = [adapterName, [...facts.features].sort().join(), facts.precision ?? 'f32', model].join('\n');
  return `choices-${fingerprint(about)}-${fingerprint(shaders)}`;
}

/** Kept choices, or undefined. Never throws: what cannot be read is measured again. */
export async function readChoices(store: ChoiceStore, key: string): Promise<ChoiceTable | undefined> {
  try {
    const bytes = await store.get(key);
    return bytes ? parseChoices(new TextDecoder().decode(bytes)) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps choices. Never throws: a full disk only means that they are measured again. */
export async function writeChoices(store: ChoiceStore, key: string, table: ChoiceTable): Promise<void> {
  try {
    await store.put(key, new TextEncoder().encode(table.toText()));
  } catch {
    // they are measured again
  }
}
