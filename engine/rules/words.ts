// How messages write lists, counts and names, so that all rules do it alike.

export const quoted = (name: string): string => `'${name}'`;

/** `'a', 'b' and 'c'`; long lists end in `and 4 more`. */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.length > most + 1 ? names.slice(0, most) : names;
  const parts = shown.map(quoted);
  if (shown.length < names.length) parts.push(`${names.length - shown.length} more`);
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

/** `12,544`. Without `toLocaleString`, which takes 20 ms when it is first called. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 value`, `3 values`. */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** At most two decimals. */
export const decimal = (value: number): string => String(Math.round(value * 100) / 100);
