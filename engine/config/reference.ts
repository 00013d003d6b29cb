// docs/config.md, generated from the schema: a test keeps the page current.

import { expected } from './expected.ts';
import type { SchemaNode } from './json-schema.ts';
import { configJsonSchema, propertiesOf } from './json-schema.ts';

/** The reference page of the config, Markdown. */
export function configReference(): string {
  const schema = configJsonSchema();
  const head = [
    '# The config: `*.quant.yaml`',
    '',
    '<!-- Generated from engine/config/schema.ts; `npx vitest run test/engine/config -u` writes it anew. -->',
    '',
    'One file says which model is quantized for which target, with which data, and how it is trained. Only `model` is',
    'required. Paths are relative to the config.',
    '',
    '```yaml',
    EXAMPLE.trim(),
    '```',
    '',
  ];
  return `${[...head, ...section('', schema)].join('\n').trimEnd()}\n`;
}

/** Shown on the page and parsed by its test. */
export const EXAMPLE = `
model: ic_resnet8_float.h5
target: tflite-int8
data:
  train: { path: cifar10.npz, inputs: x_train, labels: y_train }
  validation: { path: cifar10.npz, inputs: x_test, labels: y_test }
  calibration: { samples: 500 }
  augmentation: { flip: horizontal, shift: 4 }
quantization:
  activations: { observer: moving-average }
  overrides:
    - match: 'conv2d_1*'
      weights: { bits: 4 }
    - match: { class: Softmax }
      skip: true
training: { epochs: 3, batch: 64, optimizer: adam, learningRate: 1e-4, seed: 0 }
`;

function section(path: string, node: SchemaNode): string[] {
  const properties = Object.entries(propertiesOf(node));
  const rows = properties.map(([key, child]) => {
    const required = node.required?.includes(key) ? ' (required)' : '';
    return `| \`${key}\`${required} | ${kind(child)} | ${defaultText(child)} | ${(child.description ?? '').replaceAll('|', '\\|')} |`;
  });
  const table = ['| key | value | default | |', '|---|---|---|---|', ...rows, ''];
  const parts = properties.flatMap(([key, child]) => nested(path === '' ? key : `${path}.${key}`, child));
  return [...table, ...parts];
}

function nested(path: string, node: SchemaNode): string[] {
  const inner = node.type === 'array' && node.items?.type === 'object' ? node.items : node;
  if (inner.type !== 'object' || Object.keys(propertiesOf(inner)).length === 0) return [];
  const title = inner === node ? path : `${path}[]`;
  return [`## \`${title}\``, '', ...(node.description ? [node.description, ''] : []), ...section(title, inner)];
}

function kind(node: SchemaNode): string {
  if (typeof node.additionalProperties === 'object') return `mapping, each ${expected(node.additionalProperties)}`;
  if (node.type === 'object') return 'mapping';
  return expected(node).replaceAll('|', '\\|');
}

function defaultText(node: SchemaNode): string {
  if (node.default === undefined || node.type === 'object' || node.type === 'array') return '';
  return `\`${String(node.default)}\``;
}
