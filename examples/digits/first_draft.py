"""The digits model as one writes it first: what will not quantize well is underlined, most of it with a fix (Ctrl+.)."""
from keras import Model, Input, layers


def build_model(classes=10):
    inputs = Input((8, 8, 1), name="image")
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="stem")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False, name="down")(x)
    x = layers.BatchNormalization(name="down_bn")(x)
    x = layers.LeakyReLU(0.1, name="down_leaky")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="digit")(x)
    return Model(inputs, outputs, name="first_draft")
