// The summary table that Keras users know: layer (type), output shape, parameters, and what it is connected to.

import type { Shape } from '../engine/graph/tensor.ts';
import { type KerasLayer, type KerasModel, parameterCount } from '../engine/keras/model.ts';
import { inboundLayers } from './graph-json.ts';
import { formatTable } from './table.ts';

export function modelSummary(model: KerasModel): string {
  const rows = model.layers.map((layer) => [
    `${layer.name} (${layer.class})`,
    shapeText(layer.outputShape),
    parameterText(parameterCount(layer)),
    inboundLayers(layer).join('\n') || '-',
  ]);
  const head = ['Layer (type)', 'Output shape', 'Param #', 'Connected to'];
  const table = formatTable(head, rows, ['left', 'left', 'right', 'left']);
  return [`Model: "${model.name}"`, table, ...totals(model), ...doubts(model)].join('\n');
}

function totals(model: KerasModel): string[] {
  const [trainable, others] = [true, false].map((wanted) => countWeights(model, wanted));
  if (trainable === null || others === null) return [' Total params: unknown'];
  return [
    ` Total params: ${trainable + others}`,
    ` Trainable params: ${trainable}`,
    ` Non-trainable params: ${others}`,
  ].map((line) => line.replace(/\d+$/, (digits) => Number(digits).toLocaleString('en')));
}

function countWeights(model: KerasModel, trainable: boolean): number | null {
  let total = 0;
  for (const layer of model.layers) {
    const count = layer.model ? countWeights(layer.model, trainable) : layerWeights(layer, trainable);
    if (count === null) return null;
    total += count;
  }
  return total;
}

function layerWeights(layer: KerasLayer, trainable: boolean): number | null {
  return parameterCount({ ...layer, weights: layer.weights.filter((weight) => weight.trainable === trainable) });
}

function doubts(model: KerasModel): string[] {
  if (model.complete) return [];
  return ['Not complete:', ...model.stopped.map(({ line, reason }) => `  line ${line}: ${reason}`)];
}

function parameterText(count: number | null): string {
  return count === null ? '?' : count.toLocaleString('en');
}

function shapeText(shape: KerasLayer['outputShape']): string {
  if (shape === null) return '?';
  const isList = (value: typeof shape): value is readonly Shape[] => Array.isArray(value[0]);
  return isList(shape) ? shape.map(oneShape).join('\n') : oneShape(shape);
}

function oneShape(shape: Shape): string {
  return `(${shape.map((size) => size ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;
}
