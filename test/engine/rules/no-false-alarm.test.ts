// Models that quantize well get nothing above information for LiteRT: the MLPerf Tiny reference models, keras.applications'
// MobileNet.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openModel } from '../../../engine/importers/open-model.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights } from '../../../engine/keras/model.ts';
import { TFLITE_INT8 } from '../../../engine/quantization/targets/tflite-int8.ts';
import { checkContext, ruleContext } from '../../../engine/rules/check-model.ts';
import { presentFindings } from '../../../engine/rules/present.ts';
import { describeWithShared, shared } from '../../shared.ts';

function loud(model: KerasModel, weights?: KerasWeights): string[] {
  const context = ruleContext(model, lower(model, weights, { unsupported: 'keep' }), TFLITE_INT8, null, { weights });
  return presentFindings(checkContext(context), context)
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, message }) => `${rule}: ${message}`);
}

async function open(bytes: Uint8Array, name: string) {
  const opened = await openModel(bytes, name);
  if (opened.kind !== 'keras') throw new Error(`${name} is no Keras model.`);
  return opened;
}

describeWithShared('MLPerf Tiny', 'data/mlperf_tiny', () => {
  it.each(['ic_resnet8_float.h5', 'kws_dscnn_float.h5', 'vww_mobilenetv1_025_96_float.h5'])('%s', async (file) => {
    const path = shared('data/mlperf_tiny', file);
    const { model, weights } = await open(readFileSync(path), basename(path));
    expect(weights?.size).toBeGreaterThan(0);
    expect(loud(model, weights)).toEqual([]);
  });
});

it.each(['keras-apps-mobilenet', 'tf-keras-apps-mobilenet', 'tf-keras-apps-mobilenet-025'])('%s', async (id) => {
  const file = join(import.meta.dirname, '../../oracles/corpus-models.json.gz');
  const [json] = JSON.parse(gunzipSync(readFileSync(file)).toString())[id];
  const { model } = await open(new TextEncoder().encode(JSON.stringify(json)), `${id}.json`);
  expect(loud(model)).toEqual([]);
});
