"""The digits model: a small residual network with each kind of layer that quantization treats in its own way."""
from keras import Model, Input, layers


def conv_block(x, filters, name):
    """A convolution with batch normalization, ready for the activation that fuses into it."""
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)


def build_model(classes=10):
    inputs = Input((8, 8, 1), name="image")
    x = layers.ReLU(6.0, name="stem_relu6")(conv_block(inputs, 16, "stem"))

    x = layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False, name="down_depthwise")(x)
    x = layers.BatchNormalization(momentum=0.9, name="down_depthwise_bn")(x)
    x = layers.ReLU(6.0, name="down_relu6")(x)
    x = layers.Conv2D(24, 1, use_bias=False, name="down_pointwise")(x)
    x = shortcut = layers.BatchNormalization(momentum=0.9, name="down_pointwise_bn")(x)

    x = layers.SeparableConv2D(24, 3, padding="same", use_bias=False, name="block_separable")(x)
    x = layers.BatchNormalization(momentum=0.9, name="block_separable_bn")(x)
    x = layers.Activation("relu", name="block_relu")(x)
    x = layers.Add(name="block_add")([conv_block(x, 24, "block_conv"), shortcut])
    x = layers.ReLU(name="block_out")(x)

    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    outputs = layers.Dense(classes, activation="softmax", name="digit")(x)
    return Model(inputs, outputs, name="digits")
