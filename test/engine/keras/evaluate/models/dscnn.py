# MLPerf Tiny's keyword spotting: DS-CNN on 49 × 10 features.
import tensorflow as tf
from tensorflow.keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    Input,
)
from tensorflow.keras.regularizers import l2


class Settings:
    frames, features, labels = 49, 10, 12
    filters = 64
    decay = l2(1e-4)


def activated(x):
    x = BatchNormalization()(x)
    return Activation("relu")(x)


def build_model(settings=Settings()):
    inputs = Input(shape=[settings.frames, settings.features, 1])
    x = Conv2D(settings.filters, (10, 4), strides=(2, 2), padding="same", kernel_regularizer=settings.decay)(inputs)
    x = Dropout(rate=0.2)(activated(x))
    for _ in range(4):
        x = DepthwiseConv2D(depth_multiplier=1, kernel_size=(3, 3), padding="same", depthwise_regularizer=settings.decay)(x)
        x = activated(x)
        x = Conv2D(settings.filters, (1, 1), padding="same", kernel_regularizer=settings.decay)(x)
        x = activated(x)
    x = Dropout(rate=0.4)(x)
    size = [int(side) for side in x.shape[1:3]]
    x = AveragePooling2D(pool_size=size)(x)
    x = Flatten()(x)
    return tf.keras.Model(inputs, Dense(settings.labels, activation="softmax")(x))
