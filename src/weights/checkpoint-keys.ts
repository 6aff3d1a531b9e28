/**
 * From the paths that a file gives its tensors to our keys: `hypernet.*`, `decoder.*`, `encoder.*`, `latent_avg`; of a file for
 * a loss: `lpips.*`, `moco.*` (the identity network has an encoder's keys). Pure.
 * Training scripts wrap networks (`module.`, `_orig_mod.`, `model.net.`), store several (`g`, `g_ema`, `d`) and save parts
 * of them. So we do not strip known prefixes: each network is found by a tensor that only it has, and what stands before
 * that tensor's name is the prefix, whatever it is.
 */
import { ADA_AVERAGE, adaKey } from './ada-generator.ts';

/** Which tensors of a file are read. */
export interface KeyPlan {
  /** Our key → path in the file. */
  readonly taken: ReadonlyMap<string, string>;
  /** Paths of the average latent, one a row when it is stored in a list; empty when there is none. */
  readonly averages: readonly string[];
  /** Names inside the generator when it is one of stylegan2-ada-pytorch (shapes then follow `adaShape`), else null. */
  readonly ada: readonly string[] | null;
  /** Paths of all other tensors. */
  readonly leftOut: readonly string[];
}

/** Names under which scripts keep the mean of w, the most usual first. */
const AVERAGE_NAMES = ['latent_avg', 'mean_latent', 'latent_mean', 'avg_latent', 'dlatent_avg', 'w_avg'];

/** Whether a tensor of this name is the mean of w. */
export function isAverageName(name: string): boolean {
  return AVERAGE_NAMES.includes(name);
}

/** What data-parallel, compiled and sharded training put between the names of modules. */
const WRAPPERS = new Set([
  'module',
  '_orig_mod',
  '_forward_module',
  '_fsdp_wrapped_module',
  '_checkpoint_wrapped_module',
]);
/** Without a network in the file, what is inside these is read by its own name. */
const CONTAINERS: ReadonlyMap<string, string> = new Map([
  ['state_dict', ''],
  ['g_ema', 'decoder.'],
  ['g', 'decoder.'],
]);

type Kind = 'hypernet' | 'decoder' | 'encoder' | 'lpips' | 'moco';

/** A tensor that only one kind of network has; the capture group is the prefix of the network. */
const ANCHORS: readonly { readonly kind: Kind; readonly ada?: boolean; readonly pattern: RegExp }[] = [
  { kind: 'hypernet', pattern: /^(.*\.|)(?:refinement_blocks\.\d+\.convs\.0\.weight|shared_weight_hypernet\.w1)$/ },
  { kind: 'encoder', pattern: /^(.*\.|)(?:input_layer\.0\.weight|body\.0\.res_layer\.1\.weight)$/ },
  { kind: 'decoder', pattern: /^(.*\.|)(?:input\.input|conv1\.conv\.weight)$/ },
  { kind: 'lpips', pattern: /^(.*\.|)(?:features\.0\.weight|lin0\.model\.1\.weight)$/ },
  { kind: 'moco', pattern: /^(.*\.|)layer1\.0\.conv3\.weight$/ },
  { kind: 'decoder', ada: true, pattern: /^(.*\.|)synthesis\.b4\.(?:const|conv1\.weight)$/ },
];

/** One network inside a file. */
interface Found {
  readonly kind: Kind;
  readonly ada: boolean;
  /** What its tensors' paths begin with: empty, or ending in a dot. */
  readonly prefix: string;
}

/** Decides for every path of a file. */
export function planKeys(paths: readonly string[]): KeyPlan {
  const plain = new Map<string, string>();
  for (const path of paths) {
    const short = withoutWrappers(path);
    if (!plain.has(short)) plain.set(short, path);
  }
  const networks = chooseNetworks([...plain.keys()]);
  const taken = new Map<string, string>();
  const averages = averagePaths([...plain.keys()], networks);
  const used = new Set(averages);
  for (const [short, path] of plain) {
    if (used.has(short)) continue;
    const key = networks.length > 0 ? networkKey(short, networks) : ownKey(short);
    // a fixed filter that its layer does not use
    if (key === null && short.endsWith('.resample_filter')) used.add(short);
    if (key === null || taken.has(key)) continue;
    taken.set(key, path);
    used.add(short);
  }
  const kept = new Set([...used].map((short) => plain.get(short)));
  return {
    taken,
    averages: averages.map((short) => plain.get(short) ?? short),
    ada: adaNames([...plain.keys()], networks),
    leftOut: paths.filter((path) => !kept.has(path)),
  };
}

/** A path without wrappers; the last word is a tensor's name and stays. */
function withoutWrappers(path: string): string {
  const words = path.split('.');
  return words.filter((word, i) => i === words.length - 1 || !WRAPPERS.has(word)).join('.');
}

/** At most one network of each kind. */
function chooseNetworks(paths: readonly string[]): Found[] {
  const found = new Map<string, Found>();
  for (const path of paths) {
    for (const { kind, ada = false, pattern } of ANCHORS) {
      const prefix = pattern.exec(path)?.[1];
      if (prefix !== undefined) found.set(`${kind} ${prefix}`, { kind, ada, prefix });
    }
  }
  const best = (kind: Kind, beside?: Found): Found | undefined =>
    [...found.values()]
      .filter((network) => network.kind === kind && !(kind === 'encoder' && found.has(`hypernet ${network.prefix}`)))
      .sort((a, b) => rank(a, beside) - rank(b, beside))[0];
  const hypernet = best('hypernet');
  const networks = [hypernet, best('decoder', hypernet), best('encoder', hypernet)].filter(
    (found) => found !== undefined,
  );
  // a file of one of ours is none of a loss, whatever else is in it
  const loss = networks.length > 0 ? undefined : (best('lpips') ?? best('moco'));
  return loss ? [loss] : networks;
}

/**
 * The lower the better: beside the hypernetwork, then the moving average of a training run (or what MoCo calls the
 * queries' encoder, beside the keys'), then the least wrapped.
 */
function rank({ prefix }: Found, beside: Found | undefined): number {
  const folder = beside?.prefix.replace(/[^.]*\.$/, '') ?? '';
  const near = beside && prefix.replace(/[^.]*\.$/, '') === folder ? 0 : 1;
  return 1000 * near + (/ema|encoder_q/i.test(prefix) ? 0 : 100) + prefix.split('.').length;
}

/** The key of a tensor of the network whose prefix fits best, or null. */
function networkKey(path: string, networks: readonly Found[]): string | null {
  const owners = networks.filter(({ prefix }) => path.startsWith(prefix));
  const [owner] = owners.sort((a, b) => b.prefix.length - a.prefix.length);
  if (!owner) return null;
  const name = path.slice(owner.prefix.length);
  const key = owner.ada ? adaKey(name) : name;
  return key === null ? null : `${owner.kind}.${key}`;
}

function adaNames(paths: readonly string[], networks: readonly Found[]): string[] | null {
  const prefix = networks.find((network) => network.ada)?.prefix;
  if (prefix === undefined) return null;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}

/** The key of a tensor in a file without networks: directions, for example. */
function ownKey(path: string): string | null {
  const [first = '', ...rest] = path.split('.');
  const before = CONTAINERS.get(first);
  if (before !== undefined && rest.length > 0) return `${before}${rest.join('.')}`;
  return rest.length === 0 ? first : null;
}

/** Where the average latent is: at the top of the file, in the generator, or beside either. */
function averagePaths(paths: readonly string[], networks: readonly Found[]): string[] {
  const generator = networks.find(({ kind }) => kind === 'decoder');
  const candidates = new Map<string, string[]>();
  for (const path of paths) {
    const words = path.split('.');
    if (/^\d+$/.test(words.at(-1) ?? '')) words.pop();
    if (!isAverageName(words.at(-1) ?? '')) continue;
    const at = words.join('.');
    const rows = candidates.get(at);
    if (rows) rows.push(path);
    else candidates.set(at, [path]);
  }
  const place = (path: string): number => {
    const words = path.split('.');
    if (generator && path === `${generator.prefix}${ADA_AVERAGE}`) return 0;
    const inside = generator?.prefix && path.startsWith(generator.prefix);
    return (inside ? 1 : 2) * 100 * words.length + AVERAGE_NAMES.indexOf(words.at(-1) ?? '');
  };
  const [best] = [...candidates.keys()].sort((a, b) => place(a) - place(b));
  return best === undefined ? [] : (candidates.get(best) ?? []);
}
