// MobileNet and MobileNetV2.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const MOBILENET = `
from keras import backend, layers, models
from keras.applications.imagenet_utils import obtain_input_shape
${HELPERS}${PREPROCESS.tf}
def _size(input_shape):
    if input_shape is None:
        return 224
    rows, cols = input_shape[0], input_shape[1]
    return rows if rows == cols and rows in (128, 160, 192, 224) else 224

def _pointwise(x, filters, alpha, number):
    x = layers.Conv2D(int(filters * alpha), (1, 1), padding='same', use_bias=False, strides=(1, 1), name='conv_pw_%d' % number)(x)
    x = layers.BatchNormalization(axis=-1, name='conv_pw_%d_bn' % number)(x)
    return layers.ReLU(6.0, name='conv_pw_%d_relu' % number)(x)

def _depthwise(x, filters, alpha, multiplier, stride, number):
    if stride == 2:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name='conv_pad_%d' % number)(x)
    x = layers.DepthwiseConv2D((3, 3), padding='same' if stride == 1 else 'valid', depth_multiplier=multiplier, strides=stride, use_bias=False, name='conv_dw_%d' % number)(x)
    x = layers.BatchNormalization(axis=-1, name='conv_dw_%d_bn' % number)(x)
    x = layers.ReLU(6.0, name='conv_dw_%d_relu' % number)(x)
    return _pointwise(x, filters, alpha, number)

_BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1))

def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name=None):
    default = _size(input_shape)
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=default, min_size=32, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    x = layers.Conv2D(int(32 * alpha), (3, 3), padding='same', use_bias=False, strides=(2, 2), name='conv1')(inputs)
    x = layers.BatchNormalization(axis=-1, name='conv1_bn')(x)
    x = layers.ReLU(6.0, name='conv1_relu')(x)
    for number, (filters, stride) in enumerate(_BLOCKS, 1):
        x = _depthwise(x, filters, alpha, depth_multiplier, stride, number)
    if include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name='dropout')(x)
        x = layers.Conv2D(classes, (1, 1), padding='same', name='conv_preds')(x)
        x = layers.Reshape((classes,), name='reshape_2')(x)
        x = layers.Activation(activation=classifier_activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D()(x)
    rows = 'None' if input_shape[0] is None else str(input_shape[0])
    return models.Model(source(inputs), x, name=name or 'mobilenet_%0.2f_%s' % (alpha, rows))
`;

export const MOBILENET_V2 = `
from keras import backend, layers, models
from keras.applications.imagenet_utils import obtain_input_shape, correct_pad
${HELPERS}${PREPROCESS.tf}
def _divisible(value, divisor=8):
    result = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result

def _norm(x, name):
    return layers.BatchNormalization(axis=-1, epsilon=1e-3, momentum=0.999, name=name)(x)

def _residual(inputs, expansion, stride, alpha, filters, number):
    channels = backend.int_shape(inputs)[-1]
    wide = _divisible(int(filters * alpha), 8)
    x = inputs
    prefix = 'block_%d_' % number
    if number:
        x = layers.Conv2D(expansion * channels, kernel_size=1, padding='same', use_bias=False, activation=None, name=prefix + 'expand')(x)
        x = _norm(x, prefix + 'expand_BN')
        x = layers.ReLU(6.0, name=prefix + 'expand_relu')(x)
    else:
        prefix = 'expanded_conv_'
    if stride == 2:
        x = layers.ZeroPadding2D(padding=correct_pad(x, 3), name=prefix + 'pad')(x)
    x = layers.DepthwiseConv2D(kernel_size=3, strides=stride, activation=None, use_bias=False, padding='same' if stride == 1 else 'valid', name=prefix + 'depthwise')(x)
    x = _norm(x, prefix + 'depthwise_BN')
    x = layers.ReLU(6.0, name=prefix + 'depthwise_relu')(x)
    x = layers.Conv2D(wide, kernel_size=1, padding='same', use_bias=False, activation=None, name=prefix + 'project')(x)
    x = _norm(x, prefix + 'project_BN')
    if channels == wide and stride == 1:
        return layers.Add(name=prefix + 'add')([inputs, x])
    return x

# Filters, stride and expansion of each block.
_BLOCKS = ((16, 1, 1), (24, 2, 6), (24, 1, 6), (32, 2, 6), (32, 1, 6), (32, 1, 6), (64, 2, 6), (64, 1, 6), (64, 1, 6), (64, 1, 6),
           (96, 1, 6), (96, 1, 6), (96, 1, 6), (160, 2, 6), (160, 1, 6), (160, 1, 6), (320, 1, 6))

def MobileNetV2(input_shape=None, alpha=1.0, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name=None):
    if input_tensor is not None and input_shape is None:
        rows = backend.int_shape(input_tensor)[1]
        default = rows if rows in (96, 128, 160, 192, 224) else 224
    elif input_shape is None:
        default = 224
    else:
        rows, cols = input_shape[0], input_shape[1]
        default = rows if rows == cols and rows in (96, 128, 160, 192, 224) else 224
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=default, min_size=32, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    x = layers.Conv2D(_divisible(32 * alpha, 8), kernel_size=3, strides=(2, 2), padding='same', use_bias=False, name='Conv1')(inputs)
    x = _norm(x, 'bn_Conv1')
    x = layers.ReLU(6.0, name='Conv1_relu')(x)
    for number, (filters, stride, expansion) in enumerate(_BLOCKS):
        x = _residual(x, expansion, stride, alpha, filters, number)
    last = _divisible(1280 * alpha, 8) if alpha > 1.0 else 1280
    x = layers.Conv2D(last, kernel_size=1, use_bias=False, name='Conv_1')(x)
    x = _norm(x, 'Conv_1_bn')
    x = layers.ReLU(6.0, name='out_relu')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(classes, activation=classifier_activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D()(x)
    rows = 224 if input_shape[0] is None else input_shape[0]
    return models.Model(source(inputs), x, name=name or 'mobilenetv2_%0.2f_%s' % (alpha, rows))
`;
