// Fixes that move an activation out of a layer's `activation=`, or write it as another layer.

import type { KerasLayer } from '../../keras/model.ts';
import type { Fix } from '../finding.ts';
import type { FixSource } from '../fix-source.ts';
import { removeArgument } from './argument-edits.ts';
import { importName } from './import-name.ts';
import { insertLayerBehind } from './insert-layer.ts';
import { argumentOf, edit, type LayerPlace, placeOfLayer, prefixOf, textOf } from './layer-place.ts';

/** `Conv2D(8, 3, activation='relu6')` becomes `Conv2D(8, 3)` with a layer behind it. */
export function splitActivation(layer: KerasLayer, replacement: string, source: FixSource): Fix | null {
  const place = placeOfLayer(layer, source);
  const removed = place && removeArgument(place, place.call, 'activation');
  const inserted = place && insertLayerBehind(place, replacement);
  if (!removed || !inserted) return null;
  return { title: `Split the activation into ${replacement}`, edits: [removed, ...inserted] };
}

/** `Activation('relu6')` becomes `ReLU(6.)`; other arguments stay. */
export function replaceActivationLayer(
  layer: KerasLayer,
  className: string,
  argument: string,
  source: FixSource,
): Fix | null {
  const place = placeOfLayer(layer, source);
  if (place === null) return null;
  const { callee, args } = place.call;
  const name =
    callee.kind === 'attribute' ? { start: callee.nameStart, end: callee.nameStart + callee.name.length } : callee;
  const activation = argumentOf(place.call, 'activation') ?? args[0];
  if (activation === undefined || (callee.kind !== 'attribute' && callee.kind !== 'name')) return null;
  if (activation.name !== undefined && activation.name !== 'activation') return null;
  const imported = prefixOf(place) === '' ? importName(place, className) : [];
  if (imported === null) return null;
  return {
    title: `Use ${className}(${argument})`,
    edits: [
      ...imported,
      edit(place, name.start, name.end, className),
      edit(place, activation.start, activation.end, argument),
    ],
  };
}

/** `activation=` of a convolution goes behind the batch normalization that follows it. */
export function moveActivationBehind(conv: KerasLayer, batchNorm: KerasLayer, source: FixSource): Fix | null {
  const from = placeOfLayer(conv, source);
  const to = placeOfLayer(batchNorm, source);
  const replacement = from && activationLayerText(from);
  if (!from || !to || !replacement || from.file !== to.file) return null;
  const removed = removeArgument(from, from.call, 'activation');
  const inserted = insertLayerBehind(to, replacement);
  if (!removed || !inserted) return null;
  return { title: 'Move the activation behind the batch normalization (retrain)', edits: [removed, ...inserted] };
}

/** The layer that does what the `activation=` of a call does; null where it has none. */
export function activationLayerText(place: LayerPlace): string | null {
  const argument = argumentOf(place.call, 'activation');
  if (argument === undefined) return null;
  const name = argument.value.kind === 'string' ? argument.value.value : null;
  return name === 'relu' ? 'ReLU()' : name === 'relu6' ? 'ReLU(6.)' : `Activation(${textOf(place, argument.value)})`;
}
