// `'text %d' % values`.

import { type Runtime, raise } from '../runtime.ts';
import { dictKey, int, numberIn, str, type Value } from '../values.ts';
import { formatValue, reprValue, strValue } from './format.ts';

export function percentFormat(run: Runtime, text: string, given: Value): Value {
  const values = given.kind === 'tuple' ? given.items : [given];
  let next = 0;
  let doubt: Value | undefined;
  const result = text.replace(
    /%(?:\((\w+)\))?([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*))?([diouxXeEfFgGcrsa%])/g,
    (_whole, name: string | undefined, flags: string, width = '', precision: string | undefined, type: string) => {
      if (type === '%') return '%';
      let value: Value | undefined;
      if (name !== undefined && given.kind === 'dict') value = given.entries.get(dictKey(str(name))!)?.[1];
      else value = values[next++];
      if (value === undefined) return raise(run, 'TypeError', 'not enough arguments for format string');
      const shown = formatOne(run, value, flags, width, precision, type);
      if (shown.kind === 'str') return shown.value;
      doubt ??= shown;
      return '';
    },
  );
  if (doubt) return doubt;
  if (given.kind === 'tuple' && next < values.length) {
    raise(run, 'TypeError', 'not all arguments converted during string formatting');
  }
  return str(result);
}

function formatOne(
  run: Runtime,
  value: Value,
  flags: string,
  width: string,
  precision: string | undefined,
  type: string,
): Value {
  if (value.kind === 'unknown') return value;
  const align = flags.includes('-') ? '<' : '>';
  const sign = flags.includes('+') ? '+' : '';
  const places = precision === undefined ? '' : `.${precision}`;
  if (type === 's' || type === 'r' || type === 'a') {
    const text = type === 's' ? strValue(run, value) : reprValue(run, value);
    return text.kind === 'str' ? formatValue(run, text, `${align}${width}${places}`) : text;
  }
  const number = numberIn(value);
  if (number === undefined) return raise(run, 'TypeError', `%${type} format: a number is required, not ${value.kind}`);
  if (type === 'd' || type === 'i' || type === 'u') {
    return formatValue(run, int(Math.trunc(number)), specification(align, sign, flags, width, '', 'd'));
  }
  return formatValue(run, value, specification(align, sign, flags, width, places, type));
}

const specification = (
  align: string,
  sign: string,
  flags: string,
  width: string,
  places: string,
  type: string,
): string =>
  flags.includes('0') && align === '>' ? `${sign}0${width}${places}${type}` : `${align}${sign}${width}${places}${type}`;
