"""What TFMOT's `quantize_model` does with small models, one for each layer class, activation and pattern: `tfmot-cases.json`.

  TF_USE_LEGACY_KERAS=1 python tfmot_cases.py        (TensorFlow 2.20, tf_keras 2.20.1, TFMOT 0.8.1)

Each case holds the model's own `to_json()`, without what no rule reads, and the answer: `ok`, or the error and the layer it names.
"""
import json
import os
import re
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras

L = keras.layers
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {}
UNREAD = {"module", "registered_name", "dtype", "trainable", "kernel_initializer", "bias_initializer", "kernel_regularizer",
          "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint", "depthwise_initializer",
          "depthwise_regularizer", "depthwise_constraint", "pointwise_initializer", "pointwise_regularizer",
          "pointwise_constraint", "beta_initializer", "gamma_initializer", "moving_mean_initializer",
          "moving_variance_initializer", "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint",
          "build_config", "backend", "keras_version", "ragged", "sparse", "seed", "noise_shape", "recurrent_initializer",
          "recurrent_regularizer", "recurrent_constraint", "embeddings_initializer", "embeddings_regularizer"}


def case(name):
    def add(make):
        CASES[name] = make
        return make

    return add


def single(name, layer, shape=(8, 8, 4)):
    CASES[name] = lambda: keras.Sequential([keras.Input(shape), layer()])


IMAGE, SEQUENCE, VOLUME, VECTOR = (8, 8, 4), (12, 4), (6, 6, 6, 2), (10,)
for cls, shape in {
    "Conv1D": SEQUENCE, "Conv2D": IMAGE, "Conv3D": VOLUME, "Conv1DTranspose": SEQUENCE, "Conv2DTranspose": IMAGE,
    "Conv3DTranspose": VOLUME, "SeparableConv1D": SEQUENCE, "SeparableConv2D": IMAGE}.items():
    single(cls, lambda cls=cls: getattr(L, cls)(3, 2), shape)
single("DepthwiseConv1D", lambda: L.DepthwiseConv1D(2), SEQUENCE)
single("DepthwiseConv2D", lambda: L.DepthwiseConv2D(2))
single("DepthwiseConv2D multiplier 2", lambda: L.DepthwiseConv2D(2, depth_multiplier=2))
single("LocallyConnected1D", lambda: L.LocallyConnected1D(3, 2), SEQUENCE)
single("LocallyConnected2D", lambda: L.LocallyConnected2D(3, 2))
single("SeparableConv1D causal", lambda: L.SeparableConv1D(3, 2, padding="causal"), SEQUENCE)
single("Dense", lambda: L.Dense(3), VECTOR)
single("Embedding", lambda: L.Embedding(10, 4), VECTOR)
for cls, shape in {"Dropout": IMAGE, "SpatialDropout1D": SEQUENCE, "SpatialDropout2D": IMAGE, "SpatialDropout3D": VOLUME,
                   "GaussianNoise": IMAGE, "GaussianDropout": IMAGE, "AlphaDropout": IMAGE}.items():
    single(cls, lambda cls=cls: getattr(L, cls)(0.1), shape)
for cls in ("ReLU", "LeakyReLU", "ELU", "PReLU", "ThresholdedReLU", "Softmax", "BatchNormalization", "LayerNormalization",
            "UnitNormalization", "Flatten", "UpSampling2D", "ZeroPadding2D", "Cropping2D", "MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D",
            "GlobalAveragePooling2D", "ActivityRegularization", "Masking"):
    single(cls, lambda cls=cls: getattr(L, cls)())
for cls in ("UpSampling1D", "ZeroPadding1D", "Cropping1D", "MaxPooling1D", "AveragePooling1D", "GlobalMaxPooling1D",
            "GlobalAveragePooling1D"):
    single(cls, lambda cls=cls: getattr(L, cls)(), SEQUENCE)
for cls in ("UpSampling3D", "ZeroPadding3D", "Cropping3D", "MaxPooling3D", "AveragePooling3D", "GlobalMaxPooling3D",
            "GlobalAveragePooling3D"):
    single(cls, lambda cls=cls: getattr(L, cls)(), VOLUME)
single("Reshape", lambda: L.Reshape((-1,)))
single("Permute", lambda: L.Permute((2, 1, 3)))
single("RepeatVector", lambda: L.RepeatVector(3), VECTOR)
single("Rescaling", lambda: L.Rescaling(1 / 255))
single("Normalization", lambda: L.Normalization(mean=0.0, variance=1.0))
single("GroupNormalization", lambda: L.GroupNormalization(2))
single("Resizing", lambda: L.Resizing(4, 4))
single("CenterCrop", lambda: L.CenterCrop(4, 4))
single("RandomFlip", lambda: L.RandomFlip())
single("Lambda", lambda: L.Lambda(lambda x: x * 2))
for cls in ("LSTM", "GRU", "SimpleRNN"):
    single(cls, lambda cls=cls: getattr(L, cls)(4), SEQUENCE)
single("Bidirectional", lambda: L.Bidirectional(L.LSTM(4)), SEQUENCE)
single("TimeDistributed", lambda: L.TimeDistributed(L.Dense(3)), SEQUENCE)
single("nested Sequential", lambda: keras.Sequential([L.Dense(3)]), VECTOR)

for name in ("linear", "relu", "relu6", "elu", "selu", "softmax", "sigmoid", "tanh", "hard_sigmoid", "swish", "gelu", "softplus",
             "softsign", "exponential", "mish"):
    if not hasattr(keras.activations, name) and name != "relu6":
        continue
    value = tf.nn.relu6 if name == "relu6" else name
    single(f"Activation {name}", lambda value=value: L.Activation(value))
    single(f"Conv2D activation {name}", lambda value=value: L.Conv2D(3, 2, activation=value))
    single(f"Dense activation {name}", lambda value=value: L.Dense(3, activation=value), VECTOR)
single("Conv2D activation ReLU layer", lambda: L.Conv2D(3, 2, activation=L.ReLU()))
single("ReLU max 6", lambda: L.ReLU(6.0))
single("ReLU max 4", lambda: L.ReLU(4.0))


def functional(name):
    def add(make):
        def build():
            x = keras.Input(IMAGE)
            return keras.Model(x, make(x))

        CASES[name] = build
        return make

    return add


for cls in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
    functional(cls)(lambda x, cls=cls: getattr(L, cls)()([L.Conv2D(4, 1)(x), L.Conv2D(4, 1)(x)]))
functional("Dot")(lambda x: L.Dot(-1)([L.Flatten()(x), L.Flatten()(x)]))
functional("Attention")(lambda x: L.Attention()([L.Reshape((64, 4))(x), L.Reshape((64, 4))(x)]))
functional("MultiHeadAttention")(lambda x: L.MultiHeadAttention(2, 2)(L.Reshape((64, 4))(x), L.Reshape((64, 4))(x)))

PRODUCERS = {
    "Conv2D": lambda **k: L.Conv2D(4, 3, **k), "DepthwiseConv2D": lambda **k: L.DepthwiseConv2D(3, **k),
    "Conv2DTranspose": lambda **k: L.Conv2DTranspose(4, 3, **k), "SeparableConv2D": lambda **k: L.SeparableConv2D(4, 3, **k),
    "Dense": lambda **k: L.Dense(4, **k)}
for cls, make in PRODUCERS.items():
    functional(f"{cls} BatchNormalization")(lambda x, make=make: L.BatchNormalization()(make()(x)))
    functional(f"{cls} BatchNormalization ReLU")(lambda x, make=make: L.ReLU()(L.BatchNormalization()(make()(x))))
    functional(f"{cls} BatchNormalization Activation relu")(lambda x, make=make: L.Activation("relu")(L.BatchNormalization()(make()(x))))
    functional(f"{cls} BatchNormalization Activation relu6")(lambda x, make=make: L.Activation(tf.nn.relu6)(L.BatchNormalization()(make()(x))))
    functional(f"{cls} relu BatchNormalization")(lambda x, make=make: L.BatchNormalization()(make(activation="relu")(x)))
    functional(f"{cls} ReLU BatchNormalization")(lambda x, make=make: L.BatchNormalization()(L.ReLU()(make()(x))))
    CASES[f"Sequential {cls} BatchNormalization"] = lambda make=make: keras.Sequential([keras.Input(IMAGE), make(), L.BatchNormalization(), L.ReLU()])
for cls, after in {"Add": lambda x: L.Add()([x, x]), "Concatenate": lambda x: L.Concatenate()([x, L.Conv2D(4, 1)(x)]),
                   "MaxPooling2D": lambda x: L.MaxPooling2D()(x), "ZeroPadding2D": lambda x: L.ZeroPadding2D()(x),
                   "Dropout": lambda x: L.Dropout(0.1)(x), "UpSampling2D": lambda x: L.UpSampling2D()(x)}.items():
    functional(f"{cls} BatchNormalization")(lambda x, after=after: L.BatchNormalization()(after(L.Conv2D(4, 1)(x))))


@functional("shared Conv2D, BatchNormalization each")
def _(x):
    conv = L.Conv2D(4, 1)
    return L.Add()([L.BatchNormalization()(conv(x)), L.BatchNormalization()(conv(L.ReLU()(x)))])


@functional("Conv2D read by BatchNormalization and Add")
def _(x):
    y = L.Conv2D(4, 1)(x)
    return L.Add()([L.BatchNormalization()(y), y])


@functional("Conv2D is an output and read by BatchNormalization")
def _(x):
    y = L.Conv2D(4, 1)(x)
    return [y, L.BatchNormalization()(y)]


@functional("BatchNormalization shared by two convolutions")
def _(x):
    bn = L.BatchNormalization()
    return L.Add()([bn(L.Conv2D(4, 1)(x)), bn(L.Conv2D(4, 1)(x))])


@functional("BatchNormalization read by ReLU and Add")
def _(x):
    y = L.BatchNormalization()(L.Conv2D(4, 1)(x))
    return L.Add()([L.ReLU()(y), y])


@functional("Activation elu into Concatenate")
def _(x):
    return L.Concatenate()([L.Activation("elu")(L.Conv2D(4, 1)(x)), L.Conv2D(4, 1)(x)])


@functional("Concatenate of 7")
def _(x):
    return L.Concatenate()([L.Conv2D(4, 1)(x) for _ in range(7)])


@functional("Concatenate of Concatenate")
def _(x):
    a, b, c = (L.Conv2D(4, 1)(x) for _ in range(3))
    return L.Concatenate()([L.Concatenate()([a, b]), c])


for name, op in {"tf.nn.relu": tf.nn.relu, "tf.reduce_mean": lambda x: tf.reduce_mean(x, [1, 2]), "tf.add": lambda x: x + 1.0,
                 "tf.multiply two": lambda x: x * L.Conv2D(4, 1)(x), "tf.concat": lambda x: tf.concat([x, L.ReLU()(x)], -1),
                 "tf.pad": lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), "slice": lambda x: x[:, 1:],
                 "tf.image.resize": lambda x: tf.image.resize(x, (4, 4)), "tf.split": lambda x: tf.split(x, 2, -1)[0],
                 "tf.sigmoid": tf.sigmoid, "add two tensors": lambda x: x + L.Conv2D(4, 1)(x), "K.mean": lambda x: keras.backend.mean(x)}.items():
    functional(f"raw {name}")(lambda x, op=op: L.Conv2D(2, 1)(y) if len((y := op(x)).shape) == 4 else y)


def double(x):
    return x * 2


functional("Lambda among others")(lambda x: L.Conv2D(2, 1)(L.Lambda(lambda y: y * 2)(x)))
functional("Lambda of a named function")(lambda x: L.Conv2D(2, 1)(L.Lambda(double)(x)))
CASES["Sequential Lambda, Conv2D"] = lambda: keras.Sequential([keras.Input(IMAGE), L.Lambda(lambda y: y * 2), L.Conv2D(2, 1)])
CASES["Sequential SeparableConv1D"] = lambda: keras.Sequential([keras.Input(SEQUENCE), L.SeparableConv1D(3, 2), L.BatchNormalization(), L.ReLU()])


@case("functional SeparableConv1D")
def _():
    x = keras.Input(SEQUENCE)
    return keras.Model(x, L.ReLU()(L.BatchNormalization()(L.SeparableConv1D(3, 2)(x))))


functional("shared SeparableConv2D")(lambda x: (lambda s: L.Add()([s(x), s(L.ReLU()(x))]))(L.SeparableConv2D(4, 1)))
functional("SyncBatchNormalization")(lambda x: L.BatchNormalization(synchronized=True)(L.Conv2D(4, 1)(x)))
functional("Conv2D custom initializer")(lambda x: L.Conv2D(4, 1, kernel_initializer=prior)(x))
def prior(shape, dtype=None):
    return tf.zeros(shape)


class Prior(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return tf.zeros(shape)


@keras.saving.register_keras_serializable()
class RegisteredPrior(Prior):
    pass


functional("Conv2D custom initializer class")(lambda x: L.Conv2D(4, 1, kernel_initializer=Prior())(x))
functional("Conv2D registered initializer class")(lambda x: L.Conv2D(4, 1, kernel_initializer=RegisteredPrior())(x))
functional("Conv2D custom activation")(lambda x: L.Conv2D(4, 1, activation=double)(x))
functional("Activation of a custom function")(lambda x: L.Activation(double)(x))
functional("Conv2D tf.nn.relu")(lambda x: L.Conv2D(4, 1, activation=tf.nn.relu)(x))
functional("ZeroPadding2D channels_first")(lambda x: L.ZeroPadding2D(data_format="channels_first")(x))
functional("Conv2D Dropout BatchNormalization")(lambda x: L.BatchNormalization()(L.Dropout(0.1)(L.Conv2D(4, 1)(x))))


@case("two inputs")
def _():
    a, b = keras.Input(IMAGE), keras.Input(IMAGE)
    return keras.Model([a, b], L.Concatenate()([a, L.ELU()(b)]))


@case("two unsupported layers, the later one first in the source")
def _():
    x = keras.Input(IMAGE)
    late = L.ELU()
    early = L.PReLU()
    return keras.Model(x, late(L.Conv2D(4, 1)(early(x))))


@case("branches of different depth")
def _():
    x = keras.Input(IMAGE)
    a = L.ELU(name="short")(x)
    b = L.PReLU(name="long_2")(L.Conv2D(4, 1)(L.Conv2D(4, 1)(x)))
    return keras.Model(x, L.Add()([a, b]))


@case("subclass of a layer")
def _():
    class MyDense(L.Dense):
        pass

    return keras.Sequential([keras.Input(VECTOR), MyDense(3)])


@case("subclassed model")
def _():
    class MyModel(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = L.Dense(3)

        def call(self, x):
            return self.dense(x)

    model = MyModel()
    model(tf.zeros((1, 10)))
    return model


@case("unbuilt Sequential")
def _():
    return keras.Sequential([L.Dense(3)])


def strip(value):
    if isinstance(value, dict):
        # The code of a Lambda holds the path of this file.
        if value.get("class_name") == "Lambda" and isinstance(value["config"].get("function"), list):
            value["config"]["function"] = ["", None, None]
        return {k: v if is_foreign(v) else strip(v) for k, v in value.items() if k not in UNREAD or is_foreign(v)}
    if isinstance(value, list):
        return [strip(v) for v in value]
    return value


def is_foreign(value):
    """A function or object of the user's, as Keras writes it."""
    return isinstance(value, dict) and "registered_name" in value and not str(value.get("module")).startswith("keras") and "inbound_nodes" not in value


def answer(model):
    try:
        tfmot.quantization.keras.quantize_model(model)
        return {"status": "ok"}
    except Exception as error:  # noqa: BLE001  every kind of failure is an answer
        message = str(error)
        named = re.match(r"Layer (\S+?):<class", message)
        return {"status": "error", "type": type(error).__name__, "message": message[:160], "layer": named and named[1]}


def main():
    lines = []
    for name, make in CASES.items():
        keras.backend.clear_session()
        try:
            model = make()
        except Exception as error:  # noqa: BLE001
            print("not built:", name, error)
            continue
        try:
            config = strip(json.loads(model.to_json()))
        except Exception:  # noqa: BLE001  a subclassed model has none
            config = {"class_name": type(model).__name__}
        lines.append(f"{json.dumps(name)}: {json.dumps({'model': config, **answer(model)}, separators=(',', ':'))}")
        print(name, lines[-1][-200:] if "error" in lines[-1] else "ok", flush=True)
    with open(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "tfmot-cases.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


main()
