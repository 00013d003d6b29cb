// A target from a file of the user's: the page's example, what is inherited, and wrong files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { InputError } from '../../../../engine/errors.ts';
import { parseTarget, targetSchema } from '../../../../engine/quantization/targets/target-file.ts';
import { TFLITE_INT8 } from '../../../../engine/quantization/targets/tflite-int8.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/targets.md'), 'utf8');
const MINIMAL = 'name: npu\nsource: data sheet 3\n';

describe('a target file', () => {
  it('is read as its page shows it', () => {
    const target = parseTarget(/```yaml\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '', 'my-npu.yaml');
    expect(target).toMatchObject({
      level: 'op',
      name: 'my-npu',
      title: 'My NPU, revision B',
      activationBits: [8],
      weightBits: [4, 8],
      runsFloat: false,
      numbers: { powerOfTwoScales: true, accumulatorBits: 24 },
    });
    expect(target.ops.CONV_2D).toEqual({ kind: 'integer', limits: ['equal-dilation'] });
    expect(target.ops.SOFTMAX).toEqual({ kind: 'float', reason: 'my-npu computes it in float' });
    expect(target.ops.HARD_SWISH).toEqual({ kind: 'none', reason: 'my-npu does not have it' });
    expect(target.ops.MEAN.kind).toBe('none');
    expect(target.ops.ADD).toEqual(TFLITE_INT8.ops.ADD);
  });
  it('has nothing that it does not list, without a base', () => {
    const { ops } = parseTarget(`${MINIMAL}ops: { CONV_2D: integer }\n`, 'a.yaml');
    expect(ops.CONV_2D).toEqual({ kind: 'integer' });
    expect(ops.ADD).toEqual({ kind: 'none', reason: 'the table of npu does not list it' });
    expect(ops.SHAPE).toEqual({ kind: 'not-real' });
  });
  it('may be JSON', () => {
    expect(parseTarget('{"name": "npu", "source": "x", "base": "edge-tpu"}', 'a.json').ops.GELU.kind).toBe('none');
  });
  it('has its keys on its page', () => {
    const { properties = {}, required = [] } = z.toJSONSchema(targetSchema, { io: 'input' });
    const rows = Object.entries(properties).map(([key, node]) => {
      const { description, default: value } = node as { description?: string; default?: unknown };
      const otherwise = required.includes(key)
        ? 'needed'
        : value === undefined
          ? ''
          : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
      return `| \`${key}\` | ${description} | ${otherwise} |`;
    });
    expect(/<!-- target keys -->\n([\s\S]*?)\n<!-- end -->/.exec(PAGE)?.[1]).toBe(rows.join('\n'));
  });
});

describe('a wrong target file is one sentence with its line', () => {
  it.each([
    ['name: npu\n', 1, /`source` of the target is wrong/],
    [
      `${MINIMAL}ops:\n  CONV_2D: maybe\n`,
      4,
      /`ops\.CONV_2D` of the target is wrong: expected integer, float, none, or a mapping/,
    ],
    [`${MINIMAL}ops:\n  CONV2D: integer\n`, 4, /CONV2D/],
    [`${MINIMAL}bits: 8\n`, 1, /^The target file is wrong: it has `bits`, which is no key of a target/],
    [`${MINIMAL}activationBits: [1]\n`, 3, /`activationBits\.0` of the target is wrong/],
    ['name: tflite-int8\nsource: mine\n', 1, /expected a name that no built-in target has/],
    ['name: [\n', 2, /not valid YAML/],
    ['', 1, /^The target file is wrong: expected/],
  ])('%j', (text, line, message) => {
    expect.assertions(3);
    try {
      parseTarget(text, 'a.yaml');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toMatch(message);
      expect((error as InputError).place.line).toBe(line);
    }
  });
});
