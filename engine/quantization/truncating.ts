// Activations of hardware that cuts off rather than rounds: in training their fake-quantization cuts off, too, or half a code of
// bias would come as a surprise. Ranges stay as they were calibrated.

import type { OwnModule, OwnQuantizer } from './own-algorithms.ts';

const quantizer: OwnQuantizer = {
  kind: 'quantizer',
  stateSize: () => 2,
  start(state, _tensor, [range]) {
    state.set(range ? [range.min, range.max] : [0, 1]);
  },
  ranges: ([min, max]) => [{ min, max }],
  fakeQuantize(values, output, [{ scale, min, max }]) {
    for (let i = 0; i < values.length; i++) {
      output[i] = Math.trunc(Math.min(Math.max(values[i], min), max) / scale) * scale;
    }
  },
  gradient(outputGradient, values, valuesGradient, [{ min, max }]) {
    for (let i = 0; i < values.length; i++) {
      valuesGradient[i] = values[i] >= min && values[i] <= max ? outputGradient[i] : 0;
    }
  },
};

export const TRUNCATING: OwnModule = { file: 'toward-zero', algorithm: quantizer };
