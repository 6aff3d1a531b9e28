/**
 * Which modules of the library come together: what entries import at once is one chunk, apart from what they share.
 * Everything else is loaded when it is first needed, as the imports say. A test holds every entry to its budget.
 */

/** Modules as the bundler knows them. */
export interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** The entry that most pages load: nothing comes with it that it does not use. */
const CORE = 'hyperstyle';

/** What lighter entries share with the core comes apart from the rest: entry → name of the chunk, the lightest entry first. */
const SHARED = { worker: 'shared', faces: 'engine', [CORE]: 'core' } as const;

/** A chunk, for the bundler: with what its modules import, unless a chunk of a higher priority has that. */
export interface ChunkGroup {
  readonly debugName: string;
  readonly priority: number;
  /** The chunk's name for the modules that are in it, null for others. */
  name(id: string, modules: Modules): string | null;
}

/** The chunks of a build. @param entries ids of the library's entries by name */
export function chunkGroups(entries: Readonly<Record<string, string>>): ChunkGroup[] {
  const reached = new Map<string, Set<string>>();
  const reach = (entry: string, modules: Modules): ReadonlySet<string> => {
    const known = reached.get(entry);
    if (known) return known;
    const found = new Set<string>();
    reached.set(entry, found);
    const visit = (id: string): void => {
      const info = found.has(id) ? null : modules.getModuleInfo(id);
      if (!info) return;
      found.add(id);
      info.importedIds.forEach(visit);
    };
    visit(entry);
    return found;
  };
  const names = Object.keys(entries);
  const isEntry = (id: string): boolean => Object.values(entries).includes(id);
  return Object.entries(SHARED).map(
    ([entry, name], i): ChunkGroup => ({
      debugName: name,
      priority: names.length - i,
      name: (id, modules) => {
        const users = names.filter((user) => reach(entries[user] ?? '', modules).has(id));
        return !isEntry(id) && users.includes(entry) && users.includes(CORE) && users.length > 1 ? name : null;
      },
    }),
  );
}
