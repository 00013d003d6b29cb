// A quantizer of activations that follow a ReLU: the end at which they are clipped is learned. Choi et al., "PACT", 2018. The
// state holds that one number.

export default {
  kind: 'quantizer',
  stateSize: () => 1,

  start(state, _tensor, [range]) {
    state[0] = range ? range.max : 1;
  },

  ranges: (state) => [{ min: 0, max: Math.max(state[0], 1e-3) }],

  fakeQuantize(values, output, [{ scale, min, max }]) {
    for (let i = 0; i < values.length; i++) {
      const clipped = Math.min(Math.max(values[i], min), max);
      output[i] = Math.floor(clipped / scale + 0.5) * scale;
    }
  },

  // Whatever is above the end moves it; all gradients of a step add up, so a share keeps its rate near that of a weight.
  gradient(outputGradient, values, valuesGradient, [{ min, max }], _state, stateGradient, { size }) {
    const share = 1 / Math.sqrt(size);
    for (let i = 0; i < values.length; i++) {
      valuesGradient[i] = values[i] >= min && values[i] <= max ? outputGradient[i] : 0;
      if (values[i] > max) stateGradient[0] += outputGradient[i] * share;
    }
  },
};
