// A layer: squeeze-and-excitation (Hu et al., 2018), whose Python class has a config of one argument, `ratio`. Each channel is
// multiplied by a factor of 0 to 1 that two dense layers compute from the channels' means.

const middle = (channels, { ratio = 4 }) => Math.max(Math.floor(channels / ratio), 1);

export default {
  kind: 'layer',

  outputShape: ([image]) => image,

  weights([image], config) {
    const channels = image.at(-1);
    const hidden = middle(channels, config);
    const weight = (name, shape) => ({ name, shape, trainable: true });
    return [
      weight('squeeze_kernel', [hidden, channels]),
      weight('squeeze_bias', [hidden]),
      weight('excite_kernel', [channels, hidden]),
      weight('excite_bias', [channels]),
    ];
  },

  compose(build, [image]) {
    const channels = build.shape(image).at(-1);
    const dense = (input, name, activation) =>
      build.op('FULLY_CONNECTED', [input, build.weight(`${name}_kernel`), build.weight(`${name}_bias`)], {
        activation,
        keepNumDims: false,
      });
    const means = build.op('MEAN', [image, build.integers([1, 2])], { keepDims: false });
    const factors = build.op('LOGISTIC', [dense(dense(means, 'squeeze', 'RELU'), 'excite', 'NONE')], {});
    const shaped = build.op('RESHAPE', [factors, build.integers([-1, 1, 1, channels])], {});
    return build.op('MUL', [image, shaped], { activation: 'NONE' });
  },
};
