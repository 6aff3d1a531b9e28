/**
 * Finds the tensors inside an interpreted pickle, wherever people put them: in dicts of dicts, in whole modules
 * (`torch.save(net)`), in lists of averages. Each gets the path that leads to it, in the words of the file:
 * `state_dict.decoder.conv1.conv.weight`. Neighbours: `torch-objects.ts` says what a tensor is, `checkpoint-keys.ts` what
 * its path means.
 */
import { ensure } from '../errors.ts';
import { isAverageName } from './checkpoint-keys.ts';
import { keyText, PickleDict, PickleInstance, type PickleValue, sequence } from './pickle-values.ts';
import { PERSISTENT_MODULE, tensorArguments } from './torch-objects.ts';

/** A tensor as the arguments that would rebuild it, or numbers written out in a list. */
export type FoundTensor =
  | { readonly kind: 'stored'; readonly args: readonly PickleValue[] }
  | { readonly kind: 'listed'; readonly values: readonly number[] };

/** Checkpoints with every optimiser's state hold a few thousand. */
const MAX_VALUES = 100_000;
/** Modules inside modules, dicts inside dicts. */
const MAX_DEPTH = 24;
/** Longer paths belong to no checkpoint. */
const MAX_PATH = 1024;
/** An average latent is at most 20 rows of a few thousand. */
const MAX_LISTED = 2 ** 17;

/**
 * Every tensor below `root`, by path; a lone tensor has the path `tensor`.
 * @param file name for error messages
 * @throws `pickle` error when there is no end of them
 */
export function findTensors(file: string, root: PickleValue): Map<string, FoundTensor> {
  const found = new Map<string, FoundTensor>();
  const walked = new Set<PickleValue>();
  let budget = MAX_VALUES;
  const visit = (value: PickleValue, path: string, depth: number): void => {
    ensure(
      budget-- > 0,
      'pickle',
      () => `${file}: holds more than ${MAX_VALUES} values; save the state_dict alone with torch.save`,
    );
    const args = tensorArguments(value);
    if (args) {
      found.set(path || 'tensor', { kind: 'stored', args });
      return;
    }
    const list = isAverageName(lastName(path)) ? sequence(value) : null;
    if (list) {
      const values = listedNumbers(list);
      if (values) found.set(path, { kind: 'listed', values });
      else list.slice(0, MAX_DEPTH).forEach((item, i) => void visit(item, `${path}.${i}`, depth + 1));
      return;
    }
    // shared containers are walked once: references could otherwise multiply without end
    if (depth >= MAX_DEPTH || walked.has(value)) return;
    for (const [name, item] of members(value)) {
      walked.add(value);
      if (path.length + name.length < MAX_PATH) visit(item, path ? `${path}.${name}` : name, depth + 1);
    }
  };
  visit(root, '', 0);
  return found;
}

/** Dicts and modules that are looked through for options: those of a file's outermost layers. */
const MAX_CONTAINERS = 1000;

/** The value called `opts` that is nearest to the root: beside a state_dict, or an attribute of a saved module. */
export function findOptions(root: PickleValue): PickleValue {
  // a set keeps the order in which things were added, and may grow while it is walked
  const containers = new Set<PickleValue>([root]);
  for (const container of containers) {
    for (const [name, item] of members(container)) {
      if (name === 'opts') return item;
      const inside = item instanceof PickleDict || moduleState(item) !== null;
      if (inside && containers.size < MAX_CONTAINERS) containers.add(item);
    }
  }
  return undefined;
}

/** The attributes of a saved module (an object with parameters or modules inside), or null. */
function moduleState(value: PickleValue): PickleDict | null {
  if (!(value instanceof PickleInstance)) return null;
  const [meta] = value.args;
  const persistent = value.of === PERSISTENT_MODULE && meta instanceof PickleDict ? meta.get('state') : null;
  const state = persistent ?? value.state;
  if (!(state instanceof PickleDict)) return null;
  return state.get('_parameters') instanceof PickleDict || state.get('_modules') instanceof PickleDict ? state : null;
}

/** What a dict or a module holds, by name. */
function* members(value: PickleValue): Generator<readonly [string, PickleValue]> {
  if (value instanceof PickleDict) {
    yield* named(value);
    return;
  }
  const state = moduleState(value);
  if (!state) return;
  for (const field of ['_parameters', '_buffers', '_modules']) {
    const dict = state.get(field);
    if (dict instanceof PickleDict) yield* named(dict);
  }
  // a plain attribute such as `latent_avg`
  for (const [name, item] of named(state)) if (!name.startsWith('_')) yield [name, item];
}

function* named(dict: PickleDict): Generator<readonly [string, PickleValue]> {
  for (const [key, item] of dict.entries) {
    const name = keyText(key);
    if (name !== null) yield [name, item];
  }
}

/** The numbers of a list of numbers, or of a list of such lists. */
function listedNumbers(list: readonly PickleValue[]): number[] | null {
  const values: number[] = [];
  for (const item of list) {
    for (const value of sequence(item) ?? [item]) {
      if (typeof value !== 'number' || values.length >= MAX_LISTED) return null;
      values.push(value);
    }
  }
  return values.length > 0 ? values : null;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
