# MLPerf Tiny's image classification: ResNet8 for CIFAR-10.
from tensorflow.keras import Model, layers, regularizers


def conv(x, filters, kernel=3, strides=1):
    return layers.Conv2D(
        filters,
        kernel,
        strides=strides,
        padding="same",
        kernel_initializer="he_normal",
        kernel_regularizer=regularizers.l2(1e-4),
    )(x)


def stack(x, filters, strides):
    y = conv(x, filters, strides=strides)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = conv(y, filters)
    y = layers.BatchNormalization()(y)
    if strides > 1:
        x = conv(x, filters, kernel=1, strides=strides)
    x = layers.add([x, y])
    return layers.Activation("relu")(x)


def build_model(input_shape=(32, 32, 3), num_classes=10):
    inputs = layers.Input(shape=input_shape)
    x = conv(inputs, 16)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    for i, filters in enumerate([16, 32, 64]):
        x = stack(x, filters, 1 if i == 0 else 2)
    x = layers.AveragePooling2D(pool_size=int(x.shape[1]))(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(num_classes, activation="softmax", kernel_initializer="he_normal")(x)
    return Model(inputs=inputs, outputs=outputs)
