// AdaptiveAveragePooling and AdaptiveMaxPooling: as many windows as the output shall have (Keras 3).

import { numbersOf } from './config-values.ts';
import { joinShape, splitShape } from './conv-arithmetic.ts';
import type { ArgumentType, LayerSpec } from './layer-spec.ts';
import { dataFormat, required } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

function adaptivePooling(kind: 'Average' | 'Max', rank: number): LayerSpec {
  return {
    class: `Adaptive${kind}Pooling${rank}D`,
    only: 3,
    documentation: `${kind === 'Max' ? 'Largest' : 'Mean'} of windows chosen so that the output has a given size.`,
    parameters: [required('output_size', `size${rank}` as ArgumentType), dataFormat],
    ...NO_WEIGHTS,
    outputShape: (application) => {
      const spatial = numbersOf(application, 'output_size');
      return [joinShape(application, { ...splitShape(application, rank), spatial })];
    },
    lower: { notSupported: 'its windows differ in size, which no TFLite op does; use a pooling of a fixed window' },
  };
}

export const adaptiveAveragePooling1D = adaptivePooling('Average', 1);
export const adaptiveAveragePooling2D = adaptivePooling('Average', 2);
export const adaptiveAveragePooling3D = adaptivePooling('Average', 3);
export const adaptiveMaxPooling1D = adaptivePooling('Max', 1);
export const adaptiveMaxPooling2D = adaptivePooling('Max', 2);
export const adaptiveMaxPooling3D = adaptivePooling('Max', 3);
