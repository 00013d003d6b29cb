"""The three training benchmarks of MLPerf Tiny's shapes, as Keras code that QuantLens reads: ResNet8, MobileNetV1 0.25, DS-CNN."""
from tensorflow import keras

L = keras.layers


def conv_bn_relu(x, layer, relu=True):
    x = L.BatchNormalization()(layer(x))
    return L.Activation("relu")(x) if relu else x


def resnet8():
    inputs = keras.Input((32, 32, 3))
    x = conv_bn_relu(inputs, L.Conv2D(16, 3, padding="same"))
    for filters, stride in [(16, 1), (32, 2), (64, 2)]:
        y = conv_bn_relu(x, L.Conv2D(filters, 3, strides=stride, padding="same"))
        y = conv_bn_relu(y, L.Conv2D(filters, 3, padding="same"), relu=False)
        if stride != 1:
            x = L.Conv2D(filters, 1, strides=stride, padding="same")(x)
        x = L.Activation("relu")(L.Add()([x, y]))
    x = L.Flatten()(L.AveragePooling2D(8)(x))
    return keras.Model(inputs, L.Dense(10, activation="softmax")(x))


def mobilenetv1():
    inputs = keras.Input((96, 96, 3))
    x = conv_bn_relu(inputs, L.Conv2D(8, 3, strides=2, padding="same"))
    for filters, stride in [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (128, 1), (128, 1),
                            (128, 1), (128, 1), (256, 2), (256, 1)]:
        x = conv_bn_relu(x, L.DepthwiseConv2D(3, strides=stride, padding="same"))
        x = conv_bn_relu(x, L.Conv2D(filters, 1, padding="same"))
    x = L.Flatten()(L.AveragePooling2D(3)(x))
    return keras.Model(inputs, L.Dense(2, activation="softmax")(x))


def dscnn():
    inputs = keras.Input((49, 10, 1))
    x = conv_bn_relu(inputs, L.Conv2D(64, (10, 4), strides=2, padding="same"))
    for _ in range(4):
        x = conv_bn_relu(x, L.DepthwiseConv2D(3, padding="same"))
        x = conv_bn_relu(x, L.Conv2D(64, 1, padding="same"))
    x = L.Flatten()(L.AveragePooling2D((25, 5))(x))
    return keras.Model(inputs, L.Dense(12, activation="softmax")(x))
