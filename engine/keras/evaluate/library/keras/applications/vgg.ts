// VGG16 and VGG19.

import { HELPERS, PREPROCESS } from './shared-source.ts';

export const VGG = `
from keras import layers, models
from keras.applications.imagenet_utils import obtain_input_shape
${HELPERS}${PREPROCESS.caffe}
def _vgg(name, repeats, include_top, weights, input_tensor, input_shape, pooling, classes, activation):
    check(weights, include_top, classes)
    input_shape = obtain_input_shape(input_shape, default_size=224, min_size=32, require_flatten=include_top, weights=weights)
    inputs = layers.Input(shape=input_shape) if input_tensor is None else input_tensor
    x = inputs
    for block, (filters, count) in enumerate(zip((64, 128, 256, 512, 512), repeats), 1):
        for i in range(1, count + 1):
            x = layers.Conv2D(filters, (3, 3), activation='relu', padding='same', name='block%d_conv%d' % (block, i))(x)
        x = layers.MaxPooling2D((2, 2), strides=(2, 2), name='block%d_pool' % block)(x)
    if include_top:
        x = layers.Flatten(name='flatten')(x)
        x = layers.Dense(4096, activation='relu', name='fc1')(x)
        x = layers.Dense(4096, activation='relu', name='fc2')(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    elif pooling == 'avg':
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == 'max':
        x = layers.GlobalMaxPooling2D()(x)
    return models.Model(source(inputs), x, name=name)

def VGG16(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='vgg16'):
    return _vgg(name, (2, 2, 3, 3, 3), include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)

def VGG19(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='vgg19'):
    return _vgg(name, (2, 2, 4, 4, 4), include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
`;
