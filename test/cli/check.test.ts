// `quantlens check` as its users run it: every kind of file, every format, bad input.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { json, quantlens } from './quantlens.ts';

const folder = mkdtempSync(join(tmpdir(), 'quantlens-check-'));
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

const HEAD = 'from tensorflow import keras\nfrom tensorflow.keras import layers\n';
write(
  'bad.py',
  `${HEAD}inputs = keras.Input((32, 32, 3))
x = layers.MaxPooling2D()(inputs)
x = layers.BatchNormalization()(x)
x = layers.ELU()(x)
model = keras.Model(inputs, layers.Conv2D(8, 3)(x), name='net')
`,
);
write('good.py', `${HEAD}model = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3, name='conv')])\n`);
write(
  'builder.py',
  `${HEAD}from parts import head\n\ndef build(units=10):\n    inputs = keras.Input((64,))\n    return keras.Model(inputs, head(inputs, units))\n`,
);
mkdirSync(join(folder, 'lib'));
write('lib/parts.py', `${HEAD}def head(x, units):\n    return layers.Dense(units, activation='elu')(x)\n`);
write(
  'book.ipynb',
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { cell_type: 'code', metadata: {}, outputs: [], execution_count: null, source: ['%pip install x\n', HEAD] },
      { cell_type: 'markdown', metadata: {}, source: ['# text'] },
      {
        cell_type: 'code',
        metadata: {},
        outputs: [],
        execution_count: null,
        source: ["model = keras.Sequential([keras.Input((8,)), layers.Dense(4, activation='elu'), layers.Dense(2)])"],
      },
    ],
  }),
);
write(
  'saved.json',
  JSON.stringify({
    class_name: 'Sequential',
    keras_version: '2.15.0',
    config: {
      name: 'saved',
      layers: [
        { class_name: 'InputLayer', config: { batch_input_shape: [null, 8], dtype: 'float32', name: 'in' } },
        { class_name: 'Dense', config: { name: 'd', units: 4, activation: 'elu', use_bias: true } },
        { class_name: 'Dense', config: { name: 'e', units: 2, activation: 'linear', use_bias: true } },
      ],
    },
  }),
);
write('npu.yaml', 'name: npu\nsource: data sheet 3\nops:\n  CONV_2D: integer\n');
write('wrong.yaml', 'name: npu\nsource: data sheet 3\nops:\n  CONV_2D: maybe\n');

interface Checked {
  readonly files: readonly {
    readonly file: string;
    readonly model: string;
    readonly findings: readonly {
      readonly rule: string;
      readonly severity: string;
      readonly line: number | null;
      readonly layers: readonly string[];
    }[];
  }[];
}
const checked = (...parameters: string[]): Checked =>
  json(quantlens(folder, 'check', '--format', 'json', ...parameters)) as Checked;

describe('check', () => {
  test('JSON has the files, their models and findings with places', () => {
    const result = quantlens(folder, 'check', 'bad.py', 'good.py', '--format', 'json');
    expect(result.code).toBe(0);
    const { files } = json(result) as Checked;
    expect(files.map(({ file, model }) => [file, model])).toEqual([
      ['bad.py', 'net'],
      ['good.py', 'sequential'],
    ]);
    expect(files[0].findings.find(({ rule }) => rule === 'stays-float')).toEqual({
      rule: 'stays-float',
      severity: 'warning',
      message: expect.stringMatching(/ELU runs in float/),
      line: 6,
      column: 5,
      endLine: 6,
      endColumn: 17,
      layers: ['elu', 'batch_normalization'],
    });
    expect(files[1].findings).toEqual([]);
  });
  test('is exit 1 where one is an error', () => {
    const result = quantlens(folder, 'check', 'bad.py', '--target', 'tfmot-default-8bit');
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(
      /^bad\.py:5:5: error: .* quantize_model refuses it and stops here\..* \[batch-norm-not-folded\]$/m,
    );
    expect(result.stdout).toMatch(/errors?.* in 1 model for tfmot-default-8bit\.\n$/);
  });
  test('a severity is a setting', () => {
    const off = checked('bad.py', '--severity', 'stays-float=off', '--severity', 'batch-norm-not-folded=error');
    expect(off.files[0].findings.map(({ rule }) => rule)).not.toContain('stays-float');
    expect(off.files[0].findings).toContainEqual(
      expect.objectContaining({ rule: 'batch-norm-not-folded', severity: 'error' }),
    );
  });
});

describe('check reads', () => {
  test('a model of a builder in an imported file stands where the file calls it', () => {
    const [{ model, findings }] = checked('builder.py', '--entry', 'build(3)', '--root', 'lib').files;
    expect([model, findings.find(({ rule }) => rule === 'stays-float')]).toEqual([
      'model',
      expect.objectContaining({ line: 7, column: 32, layers: ['dense'] }),
    ]);
  });
  test('a notebook', () => {
    const [{ findings }] = checked('book.ipynb').files;
    expect(findings.map(({ rule }) => rule)).toContain('stays-float');
  });
  test('a model file has no lines', () => {
    const [{ model, findings }] = checked('saved.json').files;
    expect(model).toBe('saved');
    expect(findings.find(({ rule }) => rule === 'stays-float')).toMatchObject({
      line: null,
      column: null,
      layers: ['d'],
    });
  });
  test('a config: its model, its target, its own keys', () => {
    write(
      'a.quant.yaml',
      'model: saved.json\ntarget: edge-tpu\nquantization:\n  weights: { bits: 4 }\n  overrides:\n    - match: dd\n      skip: true\n',
    );
    const { code, stdout } = quantlens(folder, 'check', 'a.quant.yaml');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^a\.quant\.yaml:4:20: error: edge-tpu has no kernels for 4-bit weights.*\[bits-not-on-target\]$/m,
    );
    expect(stdout).toMatch(/^a\.quant\.yaml:6:14: warning: .*Did you mean `d`\? \[pattern-matches-nothing\]$/m);
    const [{ findings }] = checked('a.quant.yaml', '--target', 'tflite-int8').files;
    expect(findings.map(({ rule }) => rule)).not.toContain('bits-not-on-target');
  });
  test('a target file of the user’s', () => {
    const [{ findings }] = checked('bad.py', '--target', 'npu.yaml').files;
    expect(findings.map(({ rule, layers }) => [rule, layers[0]])).toContainEqual([
      'unsupported-layer',
      'max_pooling2d',
    ]);
  });
  test('SARIF', () => {
    const sarif = json(quantlens(folder, 'check', 'bad.py', 'saved.json', '--format', 'sarif')) as {
      version: string;
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string; locations: object[] }[];
      }[];
    };
    const [{ tool, results }] = sarif.runs;
    expect(sarif.version).toBe('2.1.0');
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(results.find(({ ruleId }) => ruleId === 'stays-float')).toMatchObject({
      level: 'warning',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'bad.py' },
            region: { startLine: 6, startColumn: 5, endLine: 6, endColumn: 17 },
          },
          logicalLocations: [{ fullyQualifiedName: 'elu' }],
        },
      ],
    });
  });
});

describe('bad input is exit 2 and a sentence', () => {
  test.each([
    [['none.py'], /^error: none\.py cannot be read: there is no such file or folder\.\n$/],
    [['lib'], /^error: lib .*\.\n$/],
    [['npu.yaml'], /^error: npu\.yaml .*\.\n$/],
    [['bad.py', '--target', 'tflite-int9'], /^error: There is no target "tflite-int9"; expected one of tflite-int8, /],
    [
      ['bad.py', '--target', 'wrong.yaml'],
      /^error: wrong\.yaml:4:12: `ops\.CONV_2D` of the target is wrong: expected integer, float, none/,
    ],
    [['bad.py', '--severity', 'stays-floaty=off'], /names the rule "stays-floaty", which there is not/],
    [['bad.py', '--severity', 'stays-float=loud'], /expected stays-float= and one of error, warning/],
    [['bad.py', '--entry', 'build('], /^error: .*"build\(" is not a Python expression\./],
    [[], /error: missing required argument 'files'/],
  ])('%j', (parameters, message) => {
    const { code, stderr } = quantlens(folder, 'check', ...parameters);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |defect/);
    expect(code).toBe(2);
  });
  test('a file that cannot be read does not hide the others', () => {
    const { code, stdout } = quantlens(folder, 'check', 'none.py', 'bad.py', '--format', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).files).toHaveLength(1);
  });
});
