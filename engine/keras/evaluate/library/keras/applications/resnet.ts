// ResNet50, 101 and 152, and their second version.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const RESNET = `
from keras import layers, models
from keras.applications.imagenet_utils import obtain_input_shape
${HELPERS}${PREPROCESS.caffe}
_EPSILON = 1.001e-5

def _norm(x, name):
    return layers.BatchNormalization(axis=3, epsilon=_EPSILON, name=name)(x)

def _block(x, filters, stride, project, name):
    shortcut = x
    if project:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=name + '_0_conv')(x)
        shortcut = _norm(shortcut, name + '_0_bn')
    x = layers.Conv2D(filters, 1, strides=stride, name=name + '_1_conv')(x)
    x = _norm(x, name + '_1_bn')
    x = layers.Activation('relu', name=name + '_1_relu')(x)
    x = layers.Conv2D(filters, 3, padding='SAME', name=name + '_2_conv')(x)
    x = _norm(x, name + '_2_bn')
    x = layers.Activation('relu', name=name + '_2_relu')(x)
    x = layers.Conv2D(4 * filters, 1, name=name + '_3_conv')(x)
    x = _norm(x, name + '_3_bn')
    x = layers.Add(name=name + '_add')([shortcut, x])
    return layers.Activation('relu', name=name + '_out')(x)

def _stack(x, filters, blocks, stride, name):
    for i in range(1, blocks + 1):
        x = _block(x, filters, stride if i == 1 else 1, i == 1, name + '_block' + str(i))
    return x

def _block2(x, filters, stride, project, name):
    pre = _norm(x, name + '_preact_bn')
    pre = layers.Activation('relu', name=name + '_preact_relu')(pre)
    if project:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=name + '_0_conv')(pre)
    else:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = layers.Conv2D(filters, 1, strides=1, use_bias=False, name=name + '_1_conv')(pre)
    x = _norm(x, name + '_1_bn')
    x = layers.Activation('relu', name=name + '_1_relu')(x)
    x = layers.ZeroPadding2D(padding=((1, 1), (1, 1)), name=name + '_2_pad')(x)
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=name + '_2_conv')(x)
    x = _norm(x, name + '_2_bn')
    x = layers.Activation('relu', name=name + '_2_relu')(x)
    x = layers.Conv2D(4 * filters, 1, name=name + '_3_conv')(x)
    return layers.Add(name=name + '_out')([shortcut, x])

def _stack2(x, filters, blocks, stride, name):
    x = _block2(x, filters, 1, True, name + '_block1')
    for i in range(2, blocks):
        x = _block2(x, filters, 1, False, name + '_block' + str(i))
    return _block2(x, filters, stride, False, name + '_block' + str(blocks))

def _resnet(second, counts, name, include_top, weights, input_tensor, input_shape, pooling, classes, activation):
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=224, min_size=32, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    x = layers.ZeroPadding2D(padding=((3, 3), (3, 3)), name='conv1_pad')(inputs)
    x = layers.Conv2D(64, 7, strides=2, use_bias=True, name='conv1_conv')(x)
    if not second:
        x = _norm(x, 'conv1_bn')
        x = layers.Activation('relu', name='conv1_relu')(x)
    x = layers.ZeroPadding2D(padding=((1, 1), (1, 1)), name='pool1_pad')(x)
    x = layers.MaxPooling2D(3, strides=2, name='pool1_pool')(x)
    for i, count in enumerate(counts):
        if second:
            x = _stack2(x, 64 * 2 ** i, count, 2 if i < 3 else 1, 'conv' + str(i + 2))
        else:
            x = _stack(x, 64 * 2 ** i, count, 1 if i == 0 else 2, 'conv' + str(i + 2))
    if second:
        x = _norm(x, 'post_bn')
        x = layers.Activation('relu', name='post_relu')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D(name='max_pool')(x)
    return models.Model(source(inputs), x, name=name)

def ResNet50(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='resnet50'):
    return _resnet(False, (3, 4, 6, 3), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def ResNet101(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='resnet101'):
    return _resnet(False, (3, 4, 23, 3), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def ResNet152(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='resnet152'):
    return _resnet(False, (3, 8, 36, 3), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
`;

export const RESNET_V2 = `
from keras.applications.resnet import _resnet
${HELPERS}${PREPROCESS.tf}
def ResNet50V2(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='resnet50v2'):
    return _resnet(True, (3, 4, 6, 3), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def ResNet101V2(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='resnet101v2'):
    return _resnet(True, (3, 4, 23, 3), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def ResNet152V2(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='resnet152v2'):
    return _resnet(True, (3, 8, 36, 3), name, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
`;
