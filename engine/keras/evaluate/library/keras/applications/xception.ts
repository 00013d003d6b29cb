// Xception.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const XCEPTION = `
from keras import layers, models
from keras.applications.imagenet_utils import obtain_input_shape
${HELPERS}${PREPROCESS.tf}
def _shortcut(x, filters):
    x = layers.Conv2D(filters, (1, 1), strides=(2, 2), padding='same', use_bias=False)(x)
    return layers.BatchNormalization(axis=-1)(x)

def _act(x, name):
    return layers.Activation('relu', name=name + '_act')(x)

def _separable(x, filters, name):
    x = layers.SeparableConv2D(filters, (3, 3), padding='same', use_bias=False, name=name)(x)
    return layers.BatchNormalization(axis=-1, name=name + '_bn')(x)

def _reduce(x, first, second, name, starts_with_act):
    residual = _shortcut(x, second)
    if starts_with_act:
        x = _act(x, name + '_sepconv1')
    x = _separable(x, first, name + '_sepconv1')
    x = _act(x, name + '_sepconv2')
    x = _separable(x, second, name + '_sepconv2')
    x = layers.MaxPooling2D((3, 3), strides=(2, 2), padding='same', name=name + '_pool')(x)
    return layers.add([x, residual])

def Xception(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='xception'):
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=299, min_size=71, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    x = inputs
    for i, (filters, stride) in enumerate(((32, 2), (64, 1)), 1):
        conv = 'block1_conv%d' % i
        x = layers.Conv2D(filters, (3, 3), strides=(stride, stride), use_bias=False, name=conv)(x)
        x = layers.BatchNormalization(axis=-1, name=conv + '_bn')(x)
        x = _act(x, conv)
    for block, filters in ((2, 128), (3, 256), (4, 728)):
        x = _reduce(x, filters, filters, 'block%d' % block, block > 2)
    for block in range(5, 13):
        residual = x
        for i in range(1, 4):
            part = 'block%d_sepconv%d' % (block, i)
            x = _act(x, part)
            x = _separable(x, 728, part)
        x = layers.add([x, residual])
    x = _reduce(x, 728, 1024, 'block13', True)
    for i, filters in ((1, 1536), (2, 2048)):
        part = 'block14_sepconv%d' % i
        x = _separable(x, filters, part)
        x = _act(x, part)
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dense(classes, activation=classifier_activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D()(x)
    return models.Model(source(inputs), x, name=name)
`;
