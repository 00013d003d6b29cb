// A Keras 2 model as its JSON: a convolution, its batch norm and activation, a pooling, a dense layer.

const layer = (name: string, className: string, config: object, input?: string) => ({
  class_name: className,
  config: { name, ...config },
  name,
  inbound_nodes: input === undefined ? [] : [[[input, 0, 0, {}]]],
});

export const SMALL_MODEL = {
  class_name: 'Functional',
  keras_version: '2.15.0',
  backend: 'tensorflow',
  config: {
    name: 'small',
    layers: [
      layer('image', 'InputLayer', {
        batch_input_shape: [null, 32, 32, 3],
        dtype: 'float32',
        sparse: false,
        ragged: false,
      }),
      layer(
        'stem',
        'Conv2D',
        { filters: 16, kernel_size: [3, 3], strides: [1, 1], padding: 'same', activation: 'linear', use_bias: false },
        'image',
      ),
      layer('stem_bn', 'BatchNormalization', { axis: [3] }, 'stem'),
      layer('stem_relu', 'ReLU', { max_value: null, negative_slope: 0, threshold: 0 }, 'stem_bn'),
      layer('pool', 'GlobalAveragePooling2D', {}, 'stem_relu'),
      layer('logits', 'Dense', { units: 10, activation: 'softmax', use_bias: true }, 'pool'),
    ],
    input_layers: [['image', 0, 0]],
    output_layers: [['logits', 0, 0]],
  },
};
