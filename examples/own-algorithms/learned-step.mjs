// A quantizer of weights: a step size for each channel, learned with the weights. Esser et al., "Learned Step Size
// Quantization", ICLR 2020. The state holds the natural logarithm of each step, so that one rate fits steps of every size.

/** The nearest whole number of steps that a code can hold. */
const steps = (value, { scale, codes }) => Math.min(Math.max(Math.floor(value / scale + 0.5), codes.min), codes.max);

export default {
  kind: 'quantizer',
  stateSize: ({ channels }) => channels,

  start(state, { codes }, ranges) {
    ranges.forEach(({ min, max }, channel) => {
      state[channel] = Math.log(Math.max(-min, max, 1e-6) / codes.max);
    });
  },

  ranges: (state, { codes }) =>
    Array.from(state, (logarithm) => {
      const end = Math.exp(logarithm) * codes.max;
      return { min: -end, max: end };
    }),

  fakeQuantize(values, output, grids) {
    for (let i = 0; i < values.length; i++) {
      const grid = grids[i % grids.length];
      output[i] = steps(values[i], grid) * grid.scale;
    }
  },

  // The gradient of rounding is taken as 1 (straight-through); what is clamped has none. Equations 3 and 5 of the paper.
  gradient(outputGradient, values, valuesGradient, grids, _state, stateGradient, { channels, size, codes }) {
    const share = 1 / Math.sqrt((size / channels) * codes.max);
    for (let i = 0; i < values.length; i++) {
      const channel = i % channels;
      const { scale, min, max } = grids[channel];
      const inside = values[i] >= min && values[i] <= max;
      const code = steps(values[i], grids[channel]);
      valuesGradient[i] = inside ? outputGradient[i] : 0;
      stateGradient[channel] += outputGradient[i] * (inside ? code - values[i] / scale : code) * scale * share;
    }
  },
};
