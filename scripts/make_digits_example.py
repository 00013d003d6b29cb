"""Makes examples/digits/digits.npz and digits.keras; run once, results committed.

  python scripts/make_digits_example.py SCIKIT_LEARN.whl

The data is the UCI optical recognition of handwritten digits (CC BY 4.0) as scikit-learn carries it: 1,797 images of 8×8,
values 0..16. One image in five of each class goes to validation. The model is untrained: Keras's initial weights, seed 0.
"""
import csv
import gzip
import io
import os
import sys
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers

FOLDER = os.path.join(os.path.dirname(__file__), "..", "examples", "digits")
MEMBER = "sklearn/datasets/data/digits.csv.gz"


def read_digits(wheel):
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(MEMBER)).decode()
    rows = np.array([[float(cell) for cell in row] for row in csv.reader(io.StringIO(text))]).astype(np.uint8)
    return rows[:, :-1].reshape(-1, 8, 8, 1), rows[:, -1]


def split(labels):
    """Indices of train and validation: the last fifth of each class in a fixed shuffle."""
    order = np.random.default_rng(0).permutation(len(labels))
    validation = np.concatenate([(mine := order[labels[order] == digit])[-(len(mine) // 5) :] for digit in range(10)])
    train = np.setdiff1d(order, validation)
    shuffle = np.random.default_rng(1)
    return shuffle.permutation(train), shuffle.permutation(validation)


def build_model():
    """A small residual network with each kind of layer that quantization treats in its own way."""
    inputs = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(16, 3, padding="same", use_bias=False, name="stem")(inputs)
    x = layers.BatchNormalization(momentum=0.9, name="stem_bn")(x)
    x = layers.ReLU(6.0, name="stem_relu6")(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False, name="down_depthwise")(x)
    x = layers.BatchNormalization(momentum=0.9, name="down_depthwise_bn")(x)
    x = layers.ReLU(6.0, name="down_relu6")(x)
    x = layers.Conv2D(24, 1, use_bias=False, name="down_pointwise")(x)
    x = shortcut = layers.BatchNormalization(momentum=0.9, name="down_pointwise_bn")(x)
    x = layers.SeparableConv2D(24, 3, padding="same", use_bias=False, name="block_separable")(x)
    x = layers.BatchNormalization(momentum=0.9, name="block_separable_bn")(x)
    x = layers.Activation("relu", name="block_relu")(x)
    x = layers.Conv2D(24, 3, padding="same", use_bias=False, name="block_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, name="block_conv_bn")(x)
    x = layers.Add(name="block_add")([x, shortcut])
    x = layers.ReLU(name="block_out")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    outputs = layers.Dense(10, activation="softmax", name="digit")(x)
    return keras.Model(inputs, outputs, name="digits")


def main():
    images, labels = read_digits(sys.argv[1])
    train, validation = split(labels)
    np.savez_compressed(
        os.path.join(FOLDER, "digits.npz"),
        x_train=images[train], y_train=labels[train], x_validation=images[validation], y_validation=labels[validation],
    )
    keras.utils.set_random_seed(0)
    build_model().save(os.path.join(FOLDER, "digits.keras"))


if __name__ == "__main__":
    main()
