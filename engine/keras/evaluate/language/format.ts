// Text of values: str(), repr(), and format specifications.

import { type Runtime, raise, unknownHere } from '../runtime.ts';
import { identity, numberIn, str, type Value } from '../values.ts';
import { findMember } from './attributes.ts';
import { callValue } from './calls.ts';

export function strValue(run: Runtime, value: Value): Value {
  if (value.kind === 'str') return value;
  if (value.kind === 'instance') {
    const method = findMember(value.cls, '__str__');
    if (method) return callValue(run, method, [value]);
    const args = value.attributes.get('args');
    if (args?.kind === 'tuple' && value.cls.mro.some((cls) => cls.name === 'BaseException')) {
      return args.items.length === 1 ? strValue(run, args.items[0]!) : reprValue(run, args);
    }
  }
  return reprValue(run, value);
}

/** repr(): exact for what names are made of; an unknown where it would hold something unknown. */
export function reprValue(run: Runtime, value: Value): Value {
  const inner = (items: readonly Value[]): string[] | Value => {
    const texts: string[] = [];
    for (const item of items) {
      const text = reprValue(run, item);
      if (text.kind !== 'str') return text;
      texts.push(text.value);
    }
    return texts;
  };
  switch (value.kind) {
    case 'none':
      return str('None');
    case 'bool':
      return str(value.value ? 'True' : 'False');
    case 'int':
      return str(String(value.value));
    case 'float':
      return str(floatText(value.value));
    case 'str':
      return str(quote(value.value));
    case 'bytes':
      return str(`b${quote(value.value)}`);
    case 'unknown':
      return value;
    case 'tuple':
    case 'shape': {
      const items = value.kind === 'tuple' ? value.items : value.dims;
      const texts = inner(items);
      if (!Array.isArray(texts)) return texts;
      return str(texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(', ')})`);
    }
    case 'list': {
      if (value.uncertain) return value.uncertain;
      const texts = inner(value.items);
      return Array.isArray(texts) ? str(`[${texts.join(', ')}]`) : texts;
    }
    case 'set': {
      const texts = inner([...value.entries.values()]);
      return Array.isArray(texts) ? str(texts.length === 0 ? 'set()' : `{${texts.join(', ')}}`) : texts;
    }
    case 'dict': {
      if (value.uncertain) return value.uncertain;
      const pairs = [...value.entries.values()];
      const texts = inner(pairs.flat());
      if (!Array.isArray(texts)) return texts;
      return str(`{${pairs.map((_, i) => `${texts[2 * i]}: ${texts[2 * i + 1]}`).join(', ')}}`);
    }
    case 'class':
      return str(`<class '${value.name}'>`);
    case 'function':
      return str(`<function ${value.name} at 0x${identity(value).toString(16)}>`);
    case 'instance': {
      const method = findMember(value.cls, '__repr__');
      if (method) return callValue(run, method, [value]);
      return unknownHere(run, `the text of a ${value.cls.name} is not known`);
    }
    default:
      return unknownHere(run, `the text of a ${value.kind} is not known`);
  }
}

const quote = (text: string): string => {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
};

/** A float as Python prints it: `1.0`, `1e-07`, `1e+16`, `inf`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
    const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
    return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${digits}`;
  }
  return Number.isInteger(value) ? (Object.is(value, -0) ? '-0.0' : `${value}.0`) : String(value);
}

const SPECIFICATION = /^(?:(.)?([<>^=]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/su;

/** format(value, specification). */
export function formatValue(run: Runtime, value: Value, specification: string): Value {
  if (value.kind === 'unknown') return value;
  if (specification === '') return strValue(run, value);
  if (value.kind === 'instance') {
    const method = findMember(value.cls, '__format__');
    if (method) return callValue(run, method, [value, str(specification)]);
  }
  const match = SPECIFICATION.exec(specification);
  if (!match) return unknownHere(run, `the format "${specification}" is not evaluated`);
  const [, fill = ' ', align, sign, alternate, zero, width, grouping, precision, type] = match;
  const number = value.kind === 'str' ? undefined : numberIn(value);
  if (number === undefined) {
    const text = strValue(run, value);
    if (text.kind !== 'str') return text;
    const cut = precision === undefined ? text.value : text.value.slice(0, Number(precision));
    return str(pad(cut, fill, align ?? '<', Number(width ?? 0)));
  }
  const digits = numberText(run, value, number, type, precision, grouping, alternate);
  const signed = number < 0 || Object.is(number, -0) ? '-' : sign && sign !== '-' ? sign : '';
  const padded = zero && !align ? pad(digits, '0', '>', Number(width ?? 0) - signed.length) : digits;
  return str(pad(signed + padded, fill, align ?? '>', Number(width ?? 0)));
}

/** Digits of a number's magnitude. */
function numberText(
  run: Runtime,
  value: Value,
  number: number,
  type: string | undefined,
  precision: string | undefined,
  grouping: string | undefined,
  alternate: string | undefined,
): string {
  const magnitude = Math.abs(number);
  const places = precision === undefined ? 6 : Number(precision);
  let text: string;
  switch (type) {
    case 'f':
    case 'F':
      text = fixed(magnitude, places);
      break;
    case '%':
      text = `${fixed(magnitude * 100, places)}%`;
      break;
    case 'e':
    case 'E':
      text = magnitude.toExponential(places).replace(/e([+-])(\d)$/, 'e$10$2');
      break;
    case 'x':
    case 'X':
      text = (alternate ? '0x' : '') + magnitude.toString(16);
      break;
    case 'b':
      text = (alternate ? '0b' : '') + magnitude.toString(2);
      break;
    case 'o':
      text = magnitude.toString(8);
      break;
    case 'g':
    case 'G':
      text = general(magnitude, places || 1);
      break;
    case 'd':
    case 'n':
      if (value.kind === 'float') raise(run, 'ValueError', "Unknown format code 'd' for object of type 'float'");
      text = String(magnitude);
      break;
    default:
      if (value.kind === 'float' && precision !== undefined) text = general(magnitude, places || 1);
      else text = value.kind === 'float' ? floatText(magnitude) : String(magnitude);
  }
  if (type === 'X' || type === 'E' || type === 'G') text = text.toUpperCase();
  if (!grouping) return text;
  const [whole, ...rest] = text.split('.');
  return [whole!.replace(/\B(?=(\d{3})+$)/g, grouping), ...rest].join('.');
}

/** toFixed without JavaScript's switch to exponents; rounds half to even on the exact binary value, as C does. */
function fixed(value: number, places: number): string {
  if (!Number.isFinite(value)) return floatText(value);
  const scaled = value * 10 ** places;
  const below = Math.floor(scaled);
  if (
    scaled - below === 0.5 &&
    Number.isSafeInteger(below) &&
    below % 2 === 0 &&
    (below + 0.5) / 10 ** places === value
  ) {
    return (below / 10 ** places).toFixed(Math.min(100, places));
  }
  return value.toFixed(Math.min(100, places));
}

function general(value: number, digits: number): string {
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa, power] = value.toExponential(digits - 1).split('e') as [string, string];
    const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${trimmed}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  }
  const text = value.toFixed(Math.max(0, digits - 1 - exponent));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function pad(text: string, fill: string, align: string, width: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  const count = Math.min(missing, 10_000);
  if (align === '<') return text + fill.repeat(count);
  if (align === '^') return fill.repeat(count >> 1) + text + fill.repeat(count - (count >> 1));
  return fill.repeat(count) + text;
}
