// EfficientNetB0 to B7.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const EFFICIENTNET = `
import math
from keras import layers, models
from keras.applications.imagenet_utils import correct_pad, obtain_input_shape
${HELPERS}${PREPROCESS.none}
# Kernel size, repeats, filters in and out, expansion and stride of each stage.
_STAGES = ((3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2),
           (5, 3, 80, 112, 6, 1), (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1))

def _block(inputs, rate, name, kernel, filters_in, filters_out, expansion, stride):
    filters = filters_in * expansion
    x = inputs
    if expansion != 1:
        x = layers.Conv2D(filters, 1, padding='same', use_bias=False, name=name + 'expand_conv')(x)
        x = layers.BatchNormalization(axis=3, name=name + 'expand_bn')(x)
        x = layers.Activation('swish', name=name + 'expand_activation')(x)
    if stride == 2:
        x = layers.ZeroPadding2D(padding=correct_pad(x, kernel), name=name + 'dwconv_pad')(x)
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding='valid' if stride == 2 else 'same', use_bias=False, name=name + 'dwconv')(x)
    x = layers.BatchNormalization(axis=3, name=name + 'bn')(x)
    x = layers.Activation('swish', name=name + 'activation')(x)
    squeezed = layers.GlobalAveragePooling2D(name=name + 'se_squeeze')(x)
    squeezed = layers.Reshape((1, 1, filters), name=name + 'se_reshape')(squeezed)
    squeezed = layers.Conv2D(max(1, int(filters_in * 0.25)), 1, padding='same', activation='swish', name=name + 'se_reduce')(squeezed)
    squeezed = layers.Conv2D(filters, 1, padding='same', activation='sigmoid', name=name + 'se_expand')(squeezed)
    x = layers.multiply([x, squeezed], name=name + 'se_excite')
    x = layers.Conv2D(filters_out, 1, padding='same', use_bias=False, name=name + 'project_conv')(x)
    x = layers.BatchNormalization(axis=3, name=name + 'project_bn')(x)
    if stride == 1 and filters_in == filters_out:
        if rate > 0:
            x = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=name + 'drop')(x)
        x = layers.add([x, inputs], name=name + 'add')
    return x

def _efficientnet(width, depth, size, dropout, name, include_top, weights, input_tensor, input_shape, pooling, classes, activation):
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=size, min_size=32, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor

    def wide(filters):
        filters *= width
        result = max(8, int(filters + 4) // 8 * 8)
        return int(result + 8 if result < 0.9 * filters else result)

    def deep(repeats):
        return int(math.ceil(depth * repeats))

    x = layers.Rescaling(1.0 / 255.0)(inputs)
    x = layers.Normalization(axis=3)(x)
    if weights == 'imagenet':
        x = layers.Rescaling([1.0 / math.sqrt(each) for each in (0.229, 0.224, 0.225)])(x)
    x = layers.ZeroPadding2D(padding=correct_pad(x, 3), name='stem_conv_pad')(x)
    x = layers.Conv2D(wide(32), 3, strides=2, padding='valid', use_bias=False, name='stem_conv')(x)
    x = layers.BatchNormalization(axis=3, name='stem_bn')(x)
    x = layers.Activation('swish', name='stem_activation')(x)
    total = float(sum(deep(stage[1]) for stage in _STAGES))
    done = 0
    for i, (kernel, repeats, filters_in, filters_out, expansion, stride) in enumerate(_STAGES):
        for j in range(deep(repeats)):
            first = j == 0
            x = _block(x, 0.2 * done / total, 'block%d%s_' % (i + 1, chr(97 + j)), kernel,
                       wide(filters_in if first else filters_out), wide(filters_out), expansion, stride if first else 1)
            done += 1
    x = layers.Conv2D(wide(1280), 1, padding='same', use_bias=False, name='top_conv')(x)
    x = layers.BatchNormalization(axis=3, name='top_bn')(x)
    x = layers.Activation('swish', name='top_activation')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dropout(dropout, name='top_dropout')(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D(name='max_pool')(x)
    return models.Model(source(inputs), x, name=name)
${[
  ['0', '1.0, 1.0, 224, 0.2'],
  ['1', '1.0, 1.1, 240, 0.2'],
  ['2', '1.1, 1.2, 260, 0.3'],
  ['3', '1.2, 1.4, 300, 0.3'],
  ['4', '1.4, 1.8, 380, 0.4'],
  ['5', '1.6, 2.2, 456, 0.4'],
  ['6', '1.8, 2.6, 528, 0.5'],
  ['7', '2.0, 3.1, 600, 0.5'],
]
  .map(
    ([number, scale]) => `
def EfficientNetB${number}(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='efficientnetb${number}'):
    return _efficientnet(${scale}, name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
`,
  )
  .join('')}
`;
