"""A small classifier of 32×32 images, with a few things that do not quantize well."""
import tensorflow as tf
from tensorflow.keras import layers


def build_model(classes=10):
    inputs = layers.Input(shape=(32, 32, 3), name="image")
    x = layers.Conv2D(16, 3, padding="same", use_bias=False, name="stem")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.ReLU(name="stem_relu")(x)
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="conv2")(x)
    x = layers.BatchNormalization(name="late_bn")(x)
    x = layers.LeakyReLU(0.1, name="leaky")(x)
    x = layers.Lambda(lambda t: t * 2, name="double")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="logits")(x)
    return tf.keras.Model(inputs, outputs, name="small")


model = build_model()
