// Python's literals as text: numbers, and strings with their prefixes and escapes.

export interface NumberLiteral {
  readonly value: number;
  readonly isFloat: boolean;
}

/** Reads `1_000`, `0x1F`, `6.`, `1e-3`, `10L`; a complex number is NaN. */
export function readNumber(text: string): NumberLiteral {
  const digits = text.replaceAll('_', '').replace(/[lL]$/, '');
  if (/[jJ]$/.test(digits)) return { value: Number.NaN, isFloat: true };
  if (/^0[xXoObB]/.test(digits)) return { value: Number(digits), isFloat: false };
  if (/^0[0-7]+$/.test(digits)) return { value: Number.parseInt(digits, 8), isFloat: false };
  return { value: Number(digits), isFloat: /[.eE]/.test(digits) };
}

export interface StringPrefix {
  readonly raw: boolean;
  readonly bytes: boolean;
  readonly format: boolean;
}

/** What the letters before the opening quote say. */
export function readPrefix(opening: string): StringPrefix {
  const letters = opening.replace(/["']+$/, '').toLowerCase();
  return { raw: letters.includes('r'), bytes: letters.includes('b'), format: letters.includes('f') };
}

const SIMPLE_ESCAPES: { readonly [letter: string]: string } = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Replaces the escapes of a string that is not raw. An unknown escape stays as it is, as in Python. */
export function unescapeString(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(\r\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|N\{[^}]*\}|[\s\S])/g,
    (whole, sequence: string) => {
      if (sequence === '\r\n') return '';
      const first = sequence[0]!;
      if ((first === 'x' || first === 'u' || first === 'U') && sequence.length > 1) {
        const code = Number.parseInt(sequence.slice(1), 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      }
      if (/^[0-7]/.test(sequence)) return String.fromCharCode(Number.parseInt(sequence, 8));
      return SIMPLE_ESCAPES[sequence] ?? whole;
    },
  );
}
