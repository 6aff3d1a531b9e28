/** Names, numbers and times as people read them (pure). */

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

/** `y₅` for 5. */
export function stepName(index: number): string {
  return `y${[...String(index)].map((digit) => SUBSCRIPTS[Number(digit)] ?? digit).join('')}`;
}

/** `hair_length` as people read it: `Hair length`. */
export function humanName(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An amount with its sign: `+1.5`, `−2.0`, `0`. */
export function signed(amount: number): string {
  return amount === 0 ? '0' : `${amount > 0 ? '+' : '−'}${Math.abs(amount).toFixed(1)}`;
}

/** Bytes in the unit people would use: `16.4 MB`. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[power]}`;
}

/** `8 s`, `3 min 5 s`; finer below ten seconds where `fine`. */
export function humanSeconds(seconds: number, fine = false): string {
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${fine && seconds < 10 ? seconds.toFixed(1) : Math.ceil(seconds)} s`;
}
