// DenseNet121, 169 and 201.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const DENSENET = `
import keras
from keras import backend, layers, models
from keras.applications.imagenet_utils import obtain_input_shape
${HELPERS}${PREPROCESS.torch}
def _norm(x, name):
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name)(x)

def _conv(x, growth, name):
    y = _norm(x, name + '_0_bn')
    y = layers.Activation('relu', name=name + '_0_relu')(y)
    y = layers.Conv2D(4 * growth, 1, use_bias=False, name=name + '_1_conv')(y)
    y = _norm(y, name + '_1_bn')
    y = layers.Activation('relu', name=name + '_1_relu')(y)
    y = layers.Conv2D(growth, 3, padding='same', use_bias=False, name=name + '_2_conv')(y)
    return layers.Concatenate(axis=3, name=name + '_concat')([x, y])

def _transition(x, name):
    x = _norm(x, name + '_bn')
    x = layers.Activation('relu', name=name + '_relu')(x)
    x = layers.Conv2D(int(backend.int_shape(x)[3] * 0.5), 1, use_bias=False, name=name + '_conv')(x)
    return layers.AveragePooling2D(2, strides=2, name=name + '_pool')(x)

def _densenet(blocks, name, include_top, weights, input_tensor, input_shape, pooling, classes, activation):
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=224, min_size=32, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    first = 'conv1/' if keras.__version__.startswith('2') else 'conv1_'
    x = layers.ZeroPadding2D(padding=((3, 3), (3, 3)))(inputs)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name=first + 'conv')(x)
    x = _norm(x, first + 'bn')
    x = layers.Activation('relu', name=first + 'relu')(x)
    x = layers.ZeroPadding2D(padding=((1, 1), (1, 1)))(x)
    x = layers.MaxPooling2D(3, strides=2, name='pool1')(x)
    for number, count in enumerate(blocks, 2):
        for i in range(count):
            x = _conv(x, 32, 'conv%d_block%d' % (number, i + 1))
        if number < 5:
            x = _transition(x, 'pool%d' % number)
    x = _norm(x, 'bn')
    x = layers.Activation('relu', name='relu')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D(name='max_pool')(x)
    return models.Model(source(inputs), x, name=name)

def DenseNet121(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='densenet121'):
    return _densenet((6, 12, 24, 16), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def DenseNet169(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='densenet169'):
    return _densenet((6, 12, 32, 32), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def DenseNet201(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='densenet201'):
    return _densenet((6, 12, 48, 32), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
`;
