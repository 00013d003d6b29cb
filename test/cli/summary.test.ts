// The summary table that Keras users know.

import { expect, test } from 'vitest';
import { modelJson } from '../../cli/graph-json.ts';
import { modelSummary } from '../../cli/summary.ts';
import type { KerasModel } from '../../engine/keras/model.ts';

const at = (layer: string) => ({ layer, node: 0, tensor: 0 });
const MODEL: KerasModel = {
  name: 'net',
  class: 'Functional',
  kerasVersion: 3,
  inputs: [at('x')],
  outputs: [at('add')],
  complete: false,
  stopped: [{ line: 7, reason: 'the layer depends on a file.' }],
  layers: [
    {
      name: 'x',
      class: 'InputLayer',
      config: {},
      calls: [{ inputs: [], arguments: {}, outputShapes: [[null, 8]] }],
      outputShape: [null, 8],
      weights: [],
    },
    {
      name: 'dense',
      class: 'Dense',
      config: { units: 2000, activation: 'relu' },
      calls: [{ inputs: [at('x')], arguments: {}, outputShapes: [[null, 2000]] }],
      outputShape: [null, 2000],
      weights: [
        { name: 'kernel', shape: [8, 2000], trainable: true },
        { name: 'bias', shape: [2000], trainable: false },
      ],
    },
    {
      name: 'add',
      class: 'Add',
      config: {},
      calls: [{ inputs: [at('dense'), at('dense')], arguments: {}, outputShapes: [[null, 2000]] }],
      outputShape: [null, 2000],
      weights: [],
    },
  ],
};

test('the summary is the table that Keras prints', () => {
  expect(modelSummary(MODEL)).toMatchInlineSnapshot(`
    "Model: "net"
    ┏━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━┓
    ┃ Layer (type)   ┃ Output shape ┃ Param # ┃ Connected to ┃
    ┡━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━┩
    │ x (InputLayer) │ (None, 8)    │       0 │ -            │
    ├────────────────┼──────────────┼─────────┼──────────────┤
    │ dense (Dense)  │ (None, 2000) │  18,000 │ x            │
    ├────────────────┼──────────────┼─────────┼──────────────┤
    │ add (Add)      │ (None, 2000) │       0 │ dense        │
    │                │              │         │ dense        │
    └────────────────┴──────────────┴─────────┴──────────────┘
     Total params: 18,000
     Trainable params: 16,000
     Non-trainable params: 2,000
    Not complete:
      line 7: the layer depends on a file."
  `);
});

test('the JSON form keeps repeated inputs and says where it stopped', () => {
  expect(modelJson(MODEL)).toEqual({
    name: 'net',
    complete: false,
    stopped: [{ line: 7, reason: 'the layer depends on a file.' }],
    layers: [
      { name: 'x', class: 'InputLayer', outputShape: [null, 8], params: 0, inbound: [], activation: null },
      { name: 'dense', class: 'Dense', outputShape: [null, 2000], params: 18000, inbound: ['x'], activation: 'relu' },
      {
        name: 'add',
        class: 'Add',
        outputShape: [null, 2000],
        params: 0,
        inbound: ['dense', 'dense'],
        activation: null,
      },
    ],
    totalParams: 18000,
  });
});
