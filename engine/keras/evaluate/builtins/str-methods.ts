// Methods of strings.

import { getAttribute } from '../language/attributes.ts';
import { formatValue, reprValue, strValue } from '../language/format.ts';
import { iterate } from '../language/iteration.ts';
import { getItem } from '../language/subscripts.ts';
import { type Runtime, raise } from '../runtime.ts';
import { bool, int, list, type Named, type NativeCall, numberIn, str, textIn, tuple, type Value } from '../values.ts';
import { methodTable } from './table.ts';

const text = (value: Value | undefined): string => (value as { value: string }).value;

/** A method from the text alone. */
const map =
  (change: (text: string) => string): NativeCall =>
  (_run, [self]) =>
    str(change(text(self)));

const test =
  (holds: (text: string) => boolean): NativeCall =>
  (_run, [self]) =>
    bool(holds(text(self)));

const strip =
  (start: boolean, end: boolean): NativeCall =>
  (_run, [self, letters]) => {
    const set = letters?.kind === 'str' ? letters.value : ' \t\n\r\v\f';
    let from = 0;
    let to = text(self).length;
    while (start && from < to && set.includes(text(self)[from]!)) from++;
    while (end && to > from && set.includes(text(self)[to - 1]!)) to--;
    return str(text(self).slice(from, to));
  };

const affix =
  (matches: (text: string, part: string) => boolean): NativeCall =>
  (_run, [self, part]) => {
    if (part?.kind === 'unknown') return part;
    const parts = part?.kind === 'tuple' ? part.items : [part];
    return bool(parts.some((each) => each?.kind === 'str' && matches(text(self), each.value)));
  };

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();

export const STR_METHODS = methodTable({
  format: (run, [self, ...args], named) => formatMethod(run, text(self), args, named),
  lower: map((value) => value.toLowerCase()),
  casefold: map((value) => value.toLowerCase()),
  upper: map((value) => value.toUpperCase()),
  title: map((value) => value.replace(/[A-Za-z]+/g, capital)),
  capitalize: map(capital),
  swapcase: map((value) => value.replace(/./g, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()))),
  strip: strip(true, true),
  lstrip: strip(true, false),
  rstrip: strip(false, true),
  startswith: affix((value, part) => value.startsWith(part)),
  endswith: affix((value, part) => value.endsWith(part)),
  removeprefix: (_run, [self, part]) => {
    const prefix = textIn(part) ?? '';
    return str(text(self).startsWith(prefix) ? text(self).slice(prefix.length) : text(self));
  },
  removesuffix: (_run, [self, part]) => {
    const suffix = textIn(part) ?? '';
    return str(suffix && text(self).endsWith(suffix) ? text(self).slice(0, -suffix.length) : text(self));
  },
  isdigit: test((value) => /^\d+$/.test(value)),
  isnumeric: test((value) => /^\d+$/.test(value)),
  isdecimal: test((value) => /^\d+$/.test(value)),
  isalpha: test((value) => /^\p{L}+$/u.test(value)),
  isalnum: test((value) => /^[\p{L}\d]+$/u.test(value)),
  isupper: test((value) => value !== value.toLowerCase() && value === value.toUpperCase()),
  islower: test((value) => value !== value.toUpperCase() && value === value.toLowerCase()),
  isspace: test((value) => /^\s+$/.test(value)),
  isidentifier: test((value) => /^[\p{L}_][\p{L}\d_]*$/u.test(value)),
  replace: (run, [self, from, to, count]) => {
    for (const value of [from, to]) if (value?.kind === 'unknown') return value;
    const old = textIn(from);
    const next = textIn(to);
    if (old === undefined || next === undefined) return raise(run, 'TypeError', 'replace() needs strings');
    if (count?.kind !== 'int') return str(text(self).replaceAll(old, () => next));
    return str(replaceFirst(text(self), old, next, count.value));
  },
  split: (_run, [self, separator, limit], named) =>
    list(
      split(
        text(self),
        textIn(separator ?? named.get('sep')),
        numberIn(limit ?? named.get('maxsplit') ?? int(-1))!,
      ).map(str),
    ),
  rsplit: (_run, [self, separator, limit], named) =>
    list(
      rsplit(
        text(self),
        textIn(separator ?? named.get('sep')),
        numberIn(limit ?? named.get('maxsplit') ?? int(-1))!,
      ).map(str),
    ),
  splitlines: (_run, [self]) => list(text(self).replace(/\n$/, '').split(/\r?\n/).map(str)),
  partition: (_run, [self, separator]) => {
    const at = text(self).indexOf(textIn(separator) ?? '');
    if (at < 0) return tuple([self!, str(''), str('')]);
    return tuple([str(text(self).slice(0, at)), separator!, str(text(self).slice(at + textIn(separator)!.length))]);
  },
  rpartition: (_run, [self, separator]) => {
    const at = text(self).lastIndexOf(textIn(separator) ?? '');
    if (at < 0) return tuple([str(''), str(''), self!]);
    return tuple([str(text(self).slice(0, at)), separator!, str(text(self).slice(at + textIn(separator)!.length))]);
  },
  join: (run, [self, value]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const texts: string[] = [];
    for (const item of items.items) {
      if (item.kind === 'unknown') return item;
      if (item.kind !== 'str')
        return raise(run, 'TypeError', `sequence item: expected str instance, ${item.kind} found`);
      texts.push(item.value);
    }
    return str(texts.join(text(self)));
  },
  find: (_run, [self, part]) => int(text(self).indexOf(textIn(part) ?? '\0')),
  rfind: (_run, [self, part]) => int(text(self).lastIndexOf(textIn(part) ?? '\0')),
  index: (run, [self, part]) => {
    const at = text(self).indexOf(textIn(part) ?? '\0');
    return at >= 0 ? int(at) : raise(run, 'ValueError', 'substring not found');
  },
  count: (_run, [self, part]) => int(textIn(part) ? text(self).split(textIn(part)!).length - 1 : text(self).length + 1),
  zfill: (_run, [self, width]) => str(text(self).padStart(numberIn(width!) ?? 0, '0')),
  ljust: (_run, [self, width, fill]) => str(text(self).padEnd(numberIn(width!) ?? 0, textIn(fill) ?? ' ')),
  rjust: (_run, [self, width, fill]) => str(text(self).padStart(numberIn(width!) ?? 0, textIn(fill) ?? ' ')),
  center: (run, [self, width, fill]) => formatValue(run, self!, `${textIn(fill) ?? ' '}^${numberIn(width!) ?? 0}`),
  encode: (_run, [self]) => ({ kind: 'bytes', value: text(self) }),
  decode: (_run, [self]) => str(text(self)),
  expandtabs: map((value) => value.replaceAll('\t', '        ')),
  translate: (_run, [self]) => self!,
  __len__: (_run, [self]) => int(text(self).length),
});

function replaceFirst(value: string, old: string, next: string, count: number): string {
  let result = value;
  let from = 0;
  for (let i = 0; i < count; i++) {
    const at = result.indexOf(old, from);
    if (at < 0) break;
    result = result.slice(0, at) + next + result.slice(at + old.length);
    from = at + next.length;
  }
  return result;
}

function split(value: string, separator: string | undefined, limit: number): string[] {
  if (separator === undefined) {
    const words = value
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (limit < 0 || words.length <= limit) return words;
    const rest = new RegExp(`^\\s*(?:\\S+\\s+){${limit}}`).exec(value)![0].length;
    return [...words.slice(0, limit), value.slice(rest)];
  }
  const parts = value.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function rsplit(value: string, separator: string | undefined, limit: number): string[] {
  const parts = split(value, separator, -1);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  const head = parts.slice(0, parts.length - limit).join(separator ?? ' ');
  return [head, ...parts.slice(parts.length - limit)];
}

/** `'{} {name:.2f} {0[key]} {x.y!r}'.format(...)`. */
function formatMethod(run: Runtime, pattern: string, args: readonly Value[], named: Named): Value {
  let next = 0;
  let result = '';
  let at = 0;
  while (at < pattern.length) {
    const letter = pattern[at]!;
    if ((letter === '{' || letter === '}') && pattern[at + 1] === letter) {
      result += letter;
      at += 2;
    } else if (letter === '{') {
      const end = closing(pattern, at);
      if (end < 0) return raise(run, 'ValueError', "expected '}' before end of string");
      const shown = replacementField(run, pattern.slice(at + 1, end), args, named, () => next++);
      if (shown.kind !== 'str') return shown;
      result += shown.value;
      at = end + 1;
    } else {
      result += letter;
      at++;
    }
  }
  return str(result);
}

function closing(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    else if (pattern[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

function replacementField(
  run: Runtime,
  field: string,
  args: readonly Value[],
  named: Named,
  next: () => number,
): Value {
  const [, path = '', conversion, specification = ''] = /^([^!:]*)(?:!(.))?(?::([\s\S]*))?$/.exec(field) ?? [];
  const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
  let value = first === '' ? args[next()] : /^\d+$/.test(first) ? args[Number(first)] : named.get(first);
  if (!value)
    return raise(run, first === '' || /^\d+$/.test(first) ? 'IndexError' : 'KeyError', `no value for {${field}}`);
  for (const [, attribute, key] of rest.matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
    if (attribute !== undefined) value = getAttribute(run, value, attribute);
    else value = getItem(run, value, /^\d+$/.test(key!) ? int(Number(key)) : str(key!), run.site);
  }
  if (conversion === 'r') value = reprValue(run, value);
  else if (conversion === 's') value = strValue(run, value);
  const nested: Value = specification.includes('{')
    ? formatMethod(run, specification, args, named)
    : str(specification);
  return nested.kind === 'str' ? formatValue(run, value, nested.value) : nested;
}
