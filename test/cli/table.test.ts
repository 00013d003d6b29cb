// Tables on a terminal: no line is longer than the terminal is wide, as long as numbers leave room for names.

import { expect, test } from 'vitest';
import { formatTable } from '../../cli/table.ts';

const HEAD = ['layer', 'op', 'SQNR'];
const ROWS = [
  ['block_separable/depthwise', 'DEPTHWISE_CONV_2D', '36.3'],
  ['stem', 'CONV_2D', '43.6'],
];
const ALIGN = ['left', 'left', 'right'] as const;
const lines = (width: number) => formatTable(HEAD, ROWS, ALIGN, width).split('\n');

test('is as wide as it needs where there is room', () => {
  expect(lines(Number.POSITIVE_INFINITY)).toEqual([
    '┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━┓',
    '┃ layer                     ┃ op                ┃ SQNR ┃',
    '┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━┩',
    '│ block_separable/depthwise │ DEPTHWISE_CONV_2D │ 36.3 │',
    '├───────────────────────────┼───────────────────┼──────┤',
    '│ stem                      │ CONV_2D           │ 43.6 │',
    '└───────────────────────────┴───────────────────┴──────┘',
  ]);
});

test('cuts names to fit, never numbers', () => {
  for (const width of [55, 50, 40, 34]) for (const line of lines(width)) expect(line.length).toBeLessThanOrEqual(width);
  expect(lines(40)[3]).toBe('│ block_separa… │ DEPTHWISE_CO… │ 36.3 │');
  // Narrower than names of eight characters it is not made.
  expect(lines(10)[3]).toBe('│ block_s… │ DEPTHWI… │ 36.3 │');
});
