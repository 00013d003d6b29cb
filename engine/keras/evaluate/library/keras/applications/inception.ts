// InceptionV3.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const INCEPTION = `
from keras import layers, models
from keras.applications.imagenet_utils import obtain_input_shape
${HELPERS}${PREPROCESS.tf}
def _conv(x, filters, rows, cols, padding='same', strides=(1, 1)):
    x = layers.Conv2D(filters, (rows, cols), strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(axis=3, scale=False)(x)
    return layers.Activation('relu')(x)

def _convs(x, *steps):
    for step in steps:
        x = _conv(x, *step)
    return x

def _pooled(x, filters):
    return _conv(layers.AveragePooling2D((3, 3), strides=(1, 1), padding='same')(x), filters, 1, 1)

def InceptionV3(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='inception_v3'):
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=299, min_size=75, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    half = (2, 2)
    x = _convs(inputs, (32, 3, 3, 'valid', half), (32, 3, 3, 'valid'), (64, 3, 3))
    x = layers.MaxPooling2D((3, 3), strides=half)(x)
    x = _convs(x, (80, 1, 1, 'valid'), (192, 3, 3, 'valid'))
    x = layers.MaxPooling2D((3, 3), strides=half)(x)
    for i, filters in enumerate((32, 64, 64)):
        a = _conv(x, 64, 1, 1)
        b = _convs(x, (48, 1, 1), (64, 5, 5))
        c = _convs(x, (64, 1, 1), (96, 3, 3), (96, 3, 3))
        x = layers.concatenate([a, b, c, _pooled(x, filters)], axis=3, name='mixed' + str(i))
    a = _conv(x, 384, 3, 3, 'valid', half)
    b = _convs(x, (64, 1, 1), (96, 3, 3), (96, 3, 3, 'valid', half))
    x = layers.concatenate([a, b, layers.MaxPooling2D((3, 3), strides=half)(x)], axis=3, name='mixed3')
    for i, n in enumerate((128, 160, 160, 192), 4):
        a = _conv(x, 192, 1, 1)
        b = _convs(x, (n, 1, 1), (n, 1, 7), (192, 7, 1))
        c = _convs(x, (n, 1, 1), (n, 7, 1), (n, 1, 7), (n, 7, 1), (192, 1, 7))
        x = layers.concatenate([a, b, c, _pooled(x, 192)], axis=3, name='mixed' + str(i))
    a = _convs(x, (192, 1, 1), (320, 3, 3, 'valid', half))
    b = _convs(x, (192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3, 'valid', half))
    x = layers.concatenate([a, b, layers.MaxPooling2D((3, 3), strides=half)(x)], axis=3, name='mixed8')
    for i in range(2):
        a = _conv(x, 320, 1, 1)
        b = _conv(x, 384, 1, 1)
        b = layers.concatenate([_conv(b, 384, 1, 3), _conv(b, 384, 3, 1)], axis=3, name='mixed9_' + str(i))
        c = _convs(x, (448, 1, 1), (384, 3, 3))
        c = layers.concatenate([_conv(c, 384, 1, 3), _conv(c, 384, 3, 1)], axis=3)
        x = layers.concatenate([a, b, c, _pooled(x, 192)], axis=3, name='mixed' + str(9 + i))
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dense(classes, activation=classifier_activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D()(x)
    return models.Model(source(inputs), x, name=name)
`;
