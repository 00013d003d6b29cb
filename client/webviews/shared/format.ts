// Numbers as the panels print them: short, aligned, with a word for what is not a number.

/** Three significant digits; `exact` for an error of 0 in decibels, which has none. */
export function decibels(value: number | null): string {
  return value === null ? 'exact' : finite(value, (it) => `${it.toFixed(1)} dB`);
}

export function percent(share: number, digits?: number): string {
  return finite(share, (it) => `${(100 * it).toFixed(digits ?? (it > 0 && it < 0.001 ? 2 : 1))} %`);
}

export function significant(value: number, digits = 3): string {
  return finite(value, (it) => {
    if (it === 0) return '0';
    const size = Math.abs(it);
    return size < 1e-3 || size >= 1e5 ? it.toExponential(digits - 1) : String(Number(it.toPrecision(digits)));
  });
}

/** JSON has no NaN: a report writes null for it. */
function finite(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined || !Number.isFinite(value) ? 'not a number' : format(value);
}

export function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

/** `45 s`, `3 min`, `1 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
