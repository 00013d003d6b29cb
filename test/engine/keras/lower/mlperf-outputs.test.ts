// MLPerf Tiny's three float models: every layer's output against tf_keras's.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openModel } from '../../../../engine/importers/open-model.ts';
import { describeWithShared, shared } from '../../../shared.ts';
import { TOLERANCE } from '../../../tolerances.ts';
import { fusedOutputs, layerOutputs, picked, relativeError } from './float-run.ts';
import { inputValues } from './oracle-values.ts';

interface ModelRecord {
  readonly scale: number;
  readonly offset: number;
  readonly layers: Readonly<Record<string, readonly [largest: number, elements: readonly number[]]>>;
  readonly output: readonly (readonly number[])[];
}

const ORACLE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../oracles/keras/mlperf-outputs.json'), 'utf8'),
) as Readonly<Record<string, ModelRecord>>;

const FOLDER = 'data/mlperf_tiny';

describeWithShared('MLPerf Tiny in float, against tf_keras', FOLDER, () => {
  it.each(Object.entries(ORACLE))('%s: each layer and the fused model', async (file, record) => {
    const opened = await openModel(readFileSync(shared(FOLDER, file)), file);
    if (opened.kind !== 'keras' || !opened.weights) throw new Error('not a model with weights');
    const { model, weights } = opened;
    const shape = model.layers[0].outputShape as readonly number[];
    const input = inputValues(0, [record.output.length, ...shape.slice(1)]).map(
      (value) => Math.fround(value * Math.fround(record.scale)) + Math.fround(record.offset),
    );
    const names = Object.keys(record.layers);
    expect(names).toEqual(model.layers.filter((layer) => layer.class !== 'InputLayer').map(({ name }) => name));
    const found = layerOutputs(model, weights, [input], names);
    for (const [name, [largest, elements]] of Object.entries(record.layers)) {
      const error = relativeError(picked(found.get(name)!, elements.length), elements, largest);
      expect(error, name).toBeLessThan(TOLERANCE.kerasOutput);
    }
    const [output] = fusedOutputs(model, weights, [input]);
    expect(relativeError(output, record.output.flat())).toBeLessThan(TOLERANCE.kerasOutput);
  });
});
