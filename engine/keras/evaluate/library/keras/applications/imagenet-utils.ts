// `keras.applications.imagenet_utils`: what model builders ask of it.

export const IMAGENET_UTILS = `
import keras
import numpy as np
from keras import backend

def obtain_input_shape(input_shape, default_size, min_size, data_format=None, require_flatten=True, weights=None):
    first = (data_format or backend.image_data_format()) == 'channels_first'
    if weights != 'imagenet' and input_shape and len(input_shape) == 3:
        channels = input_shape[0] if first else input_shape[-1]
        if channels not in (1, 3):
            default_shape = (channels, default_size, default_size) if first else (default_size, default_size, channels)
        else:
            default_shape = (3, default_size, default_size) if first else (default_size, default_size, 3)
            if input_shape is not None:
                default_shape = (channels,) + default_shape[1:] if first else default_shape[:-1] + (channels,)
    else:
        default_shape = (3, default_size, default_size) if first else (default_size, default_size, 3)
    if weights == 'imagenet' and require_flatten:
        if input_shape is not None and tuple(input_shape) != default_shape:
            raise ValueError('With include_top=True and imagenet weights, input_shape should be ' + str(default_shape))
        return default_shape
    if input_shape:
        sides = input_shape[1:] if first else input_shape[:2]
        if len(input_shape) != 3:
            raise ValueError('input_shape must be a tuple of three integers.')
        for side in sides:
            if side is not None and side < min_size:
                raise ValueError('Input size must be at least ' + str(min_size))
    elif require_flatten:
        input_shape = default_shape
    else:
        input_shape = (3, None, None) if first else (None, None, 3)
    if require_flatten and None in input_shape:
        raise ValueError('If include_top is True, you should specify a static input_shape.')
    return input_shape

_obtain_input_shape = obtain_input_shape

def reverse_channels(x):
    if keras.__version__.startswith('2') or not backend.is_keras_tensor(x):
        return x[..., ::-1]
    return keras.ops.stack([x[..., i] for i in (2, 1, 0)], axis=-1)

def shift_channels(x, mean):
    if not backend.is_keras_tensor(x):
        return x
    if keras.__version__.startswith('2'):
        return backend.bias_add(x, backend.constant(mean))
    return x + np.zeros((1,) * (len(x.shape) - 1) + (3,))

def preprocess_input(x, data_format=None, mode='caffe'):
    if mode == 'tf':
        x = x / 127.5
        return x - 1.0
    if mode == 'torch':
        return shift_channels(x / 255.0, [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    return shift_channels(reverse_channels(x), [103.939, 116.779, 123.68])

def decode_predictions(preds, top=5):
    return preds

def correct_pad(inputs, kernel_size):
    at = 2 if backend.image_data_format() == 'channels_first' else 1
    size = backend.int_shape(inputs)[at:at + 2]
    if isinstance(kernel_size, int):
        kernel_size = (kernel_size, kernel_size)
    adjust = (1, 1) if size[0] is None else (1 - size[0] % 2, 1 - size[1] % 2)
    half = (kernel_size[0] // 2, kernel_size[1] // 2)
    return ((half[0] - adjust[0], half[0]), (half[1] - adjust[1], half[1]))

def validate_activation(classifier_activation, weights):
    return None
`;
