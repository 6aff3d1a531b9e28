/** What each kind of sheet shows, as plain data: a picture for every row and column, with their labels (pure). */
import type { Edits } from '../../src/index.ts';

/**
 * How a person was found other than by the hypernetwork: their latent alone by optimisation, or the generator tuned
 * from w or from y_T.
 */
export const SEARCHES = ['latent', 'tuned-from-w', 'tuned-from-yT'] as const;
/** One of {@link SEARCHES}. */
export type Search = (typeof SEARCHES)[number];

/** One picture of a sheet. */
export type Cell =
  /** A person after edits. */
  | { readonly kind: 'edit'; readonly person: number; readonly edits: Edits }
  /** The same of a person whom a search found in their picture. */
  | { readonly kind: 'found'; readonly person: number; readonly by: Search; readonly edits: Edits }
  /** A person in a domain. */
  | { readonly kind: 'domain'; readonly person: number; readonly domain: string }
  /** The place stays empty. */
  | { readonly kind: 'none' }
  /** The picture that went in. */
  | { readonly kind: 'input'; readonly person: number }
  /** y_t. */
  | { readonly kind: 'step'; readonly person: number; readonly step: number }
  /** Somebody between two people: 0 is the first, 1 the second. */
  | { readonly kind: 'mix'; readonly people: readonly [number, number]; readonly way: number }
  /** Nobody. */
  | { readonly kind: 'seed'; readonly seed: number; readonly truncation: number };

/** A sheet. */
export interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly Cell[] }[];
}

/** A number with its sign, as labels have it: `−1.5`, `0`, `+2`. */
export function signedLabel(amount: number): string {
  const digits = String(Math.round(Math.abs(amount) * 100) / 100);
  return amount === 0 ? '0' : `${amount > 0 ? '+' : '−'}${digits}`;
}

/** `count` numbers from `from` to `to`, both among them. */
export function spread(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (count === 1 ? from : from + ((to - from) * i) / (count - 1)));
}

/** A row each person and direction, a column each amount. */
export function directionGrid(
  people: readonly string[],
  directions: readonly string[],
  amounts: readonly number[],
): Grid {
  const rows = people.flatMap((name, person) =>
    directions.map((direction) => ({
      label: people.length > 1 ? `${name} · ${direction}` : direction,
      cells: amounts.map((amount): Cell => ({ kind: 'edit', person, edits: { [direction]: amount } })),
    })),
  );
  return { columns: amounts.map(signedLabel), rows };
}

/** From each person to the next: latents and offsets mixed in equal steps. */
export function mixGrid(people: readonly string[], steps: number): Grid {
  const ways = spread(0, 1, steps);
  const rows = people.slice(1).map((name, n) => ({
    label: `${people[n]} → ${name}`,
    cells: ways.map((way): Cell => ({ kind: 'mix', people: [n, n + 1], way })),
  }));
  return { columns: ways.map((way) => `${Math.round(100 * way)} %`), rows };
}

/** The authors' coupled pictures: what went in, y_0 … y_T, and after edits where there are some. */
export function coupledGrid(people: readonly string[], steps: number, edits: Edits): Grid {
  const edited = Object.keys(edits).length > 0;
  const columns = ['input', ...Array.from({ length: steps + 1 }, (_, t) => `y${t}`), ...(edited ? ['edit'] : [])];
  const rows = people.map((label, person) => ({
    label,
    cells: [
      { kind: 'input', person } as const,
      ...Array.from({ length: steps + 1 }, (_, step): Cell => ({ kind: 'step', person, step })),
      ...(edited ? [{ kind: 'edit', person, edits } as const] : []),
    ],
  }));
  return { columns, rows };
}

/** What goes in, the model's own result and a column each domain. */
export function domainGrid(people: readonly string[], steps: number, domains: readonly string[]): Grid {
  const rows = people.map((label, person) => ({
    label,
    cells: [
      { kind: 'input', person } as const,
      { kind: 'edit', person, edits: {} } as const,
      ...domains.map((domain): Cell => ({ kind: 'domain', person, domain })),
    ],
  }));
  return { columns: ['input', `y${steps}`, ...domains], rows };
}

/** Hypernetwork, latent optimisation and pivotal tuning side by side: a row as found, then one after each edit. */
export function pivotGrid(people: readonly string[], steps: number, edits: Edits): Grid {
  const columns = ['input', `y${steps}`, 'optimised latent', 'tuned from w', `tuned from y${steps}`];
  const rows = people.flatMap((name, person) => {
    const row = (label: string, first: Cell, moved: Edits) => ({
      label: people.length > 1 ? `${name} · ${label}` : label,
      cells: [
        first,
        { kind: 'edit', person, edits: moved } as const,
        ...SEARCHES.map((by): Cell => ({ kind: 'found', person, by, edits: moved })),
      ],
    });
    const edited = Object.entries(edits).map(([name, edit]) =>
      row(`${name} ${signedLabel(typeof edit === 'number' ? edit : edit.amount)}`, { kind: 'none' }, { [name]: edit }),
    );
    return [row('as found', { kind: 'input', person }, {}), ...edited];
  });
  return { columns, rows };
}

/** StyleCLIP's grid for one phrase: a row each β (threshold of relevance), a column each α (strength). */
export function styleclipGrid(phrase: string, alphas: readonly number[], betas: readonly number[]): Grid {
  const rows = betas.map((beta) => ({
    label: `β ${Math.round(beta * 1000) / 1000}`,
    cells: alphas.map((amount): Cell => ({ kind: 'edit', person: 0, edits: { [phrase]: { amount, beta } } })),
  }));
  return { columns: alphas.map((alpha) => `α ${signedLabel(alpha)}`), rows };
}

/** Portraits of nobody by their seeds, `columns` in a row. */
export function seedGrid(first: number, count: number, columns: number, truncation: number): Grid {
  const rows = Array.from({ length: Math.ceil(count / columns) }, (_, row) => {
    const inRow = Math.min(columns, count - row * columns);
    const start = first + row * columns;
    const cells = Array.from({ length: inRow }, (_, i): Cell => ({ kind: 'seed', seed: start + i, truncation }));
    return { label: `seed ${start}`, cells };
  });
  return { columns: Array.from({ length: columns }, (_, i) => `+${i}`), rows };
}
