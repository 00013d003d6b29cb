// A batch normalization directly behind a convolution, before its activation.

import type { KerasLayer } from '../../keras/model.ts';
import type { Fix } from '../finding.ts';
import type { FixSource } from '../fix-source.ts';
import { removeArgument } from './argument-edits.ts';
import { insertLayersBehind } from './insert-layer.ts';
import { placeOfLayer } from './layer-place.ts';
import { activationLayerText } from './split-activation.ts';

/** The model is another one then, so the title says to train it. */
export function insertBatchNorm(layer: KerasLayer, source: FixSource): Fix | null {
  const place = placeOfLayer(layer, source);
  if (place === null) return null;
  const title = `Insert a BatchNormalization directly behind '${layer.name}' (retrain)`;
  const activation = activationLayerText(place);
  const removed = activation === null ? [] : [removeArgument(place, place.call, 'activation')];
  const behind = activation === null ? ['BatchNormalization()'] : ['BatchNormalization()', activation];
  const inserted = insertLayersBehind(place, behind);
  if (inserted === null || removed.includes(null)) return null;
  return { title, edits: [...removed.filter((edit) => edit !== null), ...inserted] };
}
