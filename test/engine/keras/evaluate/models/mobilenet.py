# MLPerf Tiny's visual wake words: MobileNetV1 of a quarter's width on 96 × 96.
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.regularizers import l2

WIDTH = 8
# Factor of the width and stride of each separable block.
BLOCKS = [(2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2)] + [(16, 1)] * 5 + [(32, 2), (32, 1)]


class Builder(object):
    def __init__(self, input_shape, num_classes):
        self.input_shape = input_shape
        self.num_classes = num_classes

    @staticmethod
    def _norm(x):
        return layers.Activation("relu")(layers.BatchNormalization()(x))

    def _convolve(self, layer, filters, x, **options):
        options.setdefault("padding", "same")
        args = () if filters is None else (filters,)
        key = "depthwise" if filters is None else "kernel"
        options.update({key + "_initializer": "he_normal", f"{key}_regularizer": l2(1e-4)})
        return self._norm(layer(*args, kernel_size=options.pop("kernel", 3), **options)(x))

    def build(self):
        inputs = keras.Input(shape=self.input_shape)
        x = self._convolve(layers.Conv2D, WIDTH, inputs, strides=2)
        for factor, strides in BLOCKS:
            x = self._convolve(layers.DepthwiseConv2D, None, x, strides=strides)
            x = self._convolve(layers.Conv2D, WIDTH * factor, x, kernel=1, strides=1)
        x = layers.AveragePooling2D(pool_size=x.shape[1:3])(x)
        x = layers.Flatten()(x)
        outputs = layers.Dense(self.num_classes, activation="softmax")(x)
        return keras.Model(inputs, outputs)


def build_model():
    return Builder((96, 96, 3), 2).build()
