# Records what Keras 2 and Keras 3 compute for one small model a layer, argument and raw op.
#   python float_layers.py float-layers.json.gz
# A case: [name, keras version, model JSON, [[input shape, integers or null], …], [[largest, elements], …] by output].
# Weights and inputs come from float_values.py, so that nothing else need be kept.
import gzip, json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, tensorflow as tf, keras, tf_keras
from float_values import input_values, set_weights

SAMPLES, ELEMENTS = 2, 32
IMG, SEQ, VEC = (9, 8, 6), (11, 6), (10,)
CASES = []


def layers(name, shape, versions=(2, 3), integers=None, **arguments):
    """One case of a layer by its class name."""
    words = ", ".join(f"{k}={v}" for k, v in arguments.items())
    build = lambda K: (lambda x: getattr(K.layers, name)(**arguments)(x))
    CASES.append((f"{name}({words}) on {shape}", versions, [shape], integers, build))


def model(name, shapes, build, versions=(2, 3), integers=None):
    """One case of any model: build(K) gives a function of the inputs."""
    CASES.append((name, versions, shapes, integers, build))


for padding in ("valid", "same"):
    for strides in (1, 2):
        layers("Conv2D", IMG, filters=4, kernel_size=3, strides=strides, padding=padding)
        layers("Conv1D", SEQ, filters=4, kernel_size=3, strides=strides, padding=padding)
        layers("DepthwiseConv2D", IMG, kernel_size=3, strides=strides, padding=padding)
        layers("SeparableConv2D", IMG, filters=4, kernel_size=3, strides=strides, padding=padding)
        layers("SeparableConv1D", SEQ, filters=4, kernel_size=3, strides=strides, padding=padding)
        layers("DepthwiseConv1D", SEQ, kernel_size=3, strides=strides, padding=padding)
        for kernel in (2, 3):
            layers("Conv2DTranspose", IMG, filters=4, kernel_size=kernel, strides=strides, padding=padding)
            layers("Conv1DTranspose", SEQ, filters=4, kernel_size=kernel, strides=strides, padding=padding)
        for pool in ("Max", "Average"):
            layers(f"{pool}Pooling2D", IMG, pool_size=3, strides=strides, padding=padding)
            layers(f"{pool}Pooling1D", SEQ, pool_size=3, strides=strides, padding=padding)
    layers("Conv2D", IMG, filters=4, kernel_size=3, dilation_rate=2, padding=padding)
    layers("DepthwiseConv2D", IMG, kernel_size=3, dilation_rate=2, padding=padding)
layers("Conv2D", IMG, filters=4, kernel_size=(1, 5), use_bias=False, activation="relu")
layers("Conv2D", IMG, filters=4, kernel_size=3, groups=2)
layers("Conv2D", IMG, filters=6, kernel_size=3, groups=6, padding="same")
layers("Conv1D", SEQ, filters=4, kernel_size=3, padding="causal", dilation_rate=2)
layers("Conv2DTranspose", IMG, filters=4, kernel_size=3, strides=2, padding="same", output_padding=1)
layers("Conv2DTranspose", IMG, filters=4, kernel_size=3, strides=2, output_padding=1, use_bias=False)
layers("DepthwiseConv2D", IMG, kernel_size=3, depth_multiplier=2)
layers("SeparableConv2D", IMG, filters=4, kernel_size=3, depth_multiplier=2, activation="relu")
layers("SeparableConv1D", SEQ, filters=4, kernel_size=3, padding="same", activation="tanh")
for shape in (VEC, SEQ, IMG):
    layers("Dense", shape, units=5, activation="relu")
    layers("BatchNormalization", shape)
    layers("LayerNormalization", shape)
    layers("Softmax", shape)
    layers("PReLU", shape)
    layers("Flatten", shape)
layers("BatchNormalization", IMG, center=False)
layers("BatchNormalization", IMG, scale=False, epsilon=0.01)
layers("BatchNormalization", IMG, axis=1)
layers("BatchNormalization", SEQ, axis=1)
layers("LayerNormalization", IMG, axis=[1, 2, 3])
layers("LayerNormalization", IMG, axis=[2, 3], center=False)
layers("LayerNormalization", SEQ, axis=1, scale=False)
layers("UnitNormalization", SEQ)
layers("RMSNormalization", SEQ, versions=(3,))
layers("GroupNormalization", IMG, groups=2)
layers("GroupNormalization", IMG, groups=-1)
layers("PReLU", IMG, shared_axes=[1, 2])
layers("Softmax", IMG, axis=1)
layers("ReLU", IMG, max_value=6.0)
layers("ReLU", IMG, max_value=1.0)
layers("ReLU", IMG, max_value=0.5)
layers("ReLU", IMG, negative_slope=0.1, max_value=0.5)
layers("LeakyReLU", IMG)
layers("ELU", IMG)
layers("ELU", IMG, alpha=0.5)
for activation in ("relu", "relu6", "sigmoid", "tanh", "softmax", "elu", "selu", "swish", "gelu", "exponential", "softplus", "softsign", "hard_sigmoid", "mish", "linear", "leaky_relu", "log_softmax"):
    layers("Activation", IMG, activation=activation)
for activation in ("celu", "silu", "hard_silu", "hard_swish", "hard_tanh", "tanh_shrink", "log_sigmoid", "squareplus", "sparse_plus", "sparse_sigmoid", "soft_shrink", "hard_shrink", "glu", "sparsemax"):
    layers("Activation", IMG, versions=(3,), activation=activation)
for merge in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
    model(f"{merge} of two", [IMG, IMG], lambda K, merge=merge: lambda a, b: getattr(K.layers, merge)()([a, b]))
    model(f"{merge} with a channel vector", [IMG, (1, 1, 6)], lambda K, merge=merge: lambda a, b: getattr(K.layers, merge)()([a, b]))
for merge in ("Add", "Multiply", "Average", "Maximum"):
    model(f"{merge} of three", [IMG, IMG, IMG], lambda K, merge=merge: lambda a, b, c: getattr(K.layers, merge)()([a, b, c]))
for axis in (-1, 1, 2):
    model(f"Concatenate along {axis}", [IMG, IMG], lambda K, axis=axis: lambda a, b: K.layers.Concatenate(axis=axis)([a, b]))
model("Dot of vectors", [VEC, VEC], lambda K: lambda a, b: K.layers.Dot(axes=1)([a, b]))
model("Dot of sequences", [SEQ, SEQ], lambda K: lambda a, b: K.layers.Dot(axes=2)([a, b]))
model("Dot normalized", [VEC, VEC], lambda K: lambda a, b: K.layers.Dot(axes=1, normalize=True)([a, b]))
for rank, shape in ((1, SEQ), (2, IMG)):
    layers(f"ZeroPadding{rank}D", shape, padding=2)
    layers(f"Cropping{rank}D", shape, cropping=2)
    layers(f"UpSampling{rank}D", shape, size=2)
    for pool in ("Max", "Average"):
        layers(f"Global{pool}Pooling{rank}D", shape)
        layers(f"Global{pool}Pooling{rank}D", shape, keepdims=True)
layers("ZeroPadding2D", IMG, padding=((1, 0), (2, 3)))
layers("Cropping2D", IMG, cropping=((1, 0), (2, 3)))
layers("UpSampling2D", IMG, size=(2, 3), interpolation="bilinear")
layers("Resizing", IMG, height=13, width=5)
layers("Resizing", IMG, height=13, width=5, interpolation="nearest")
layers("CenterCrop", IMG, height=4, width=5)
layers("Rescaling", IMG, scale=0.25, offset=-0.5)
layers("Rescaling", IMG, scale=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], offset=0.0, versions=(2,))
layers("Normalization", IMG)
layers("Normalization", VEC, axis=-1)
layers("Normalization", IMG, mean=0.3, variance=0.5, axis=None)
layers("Normalization", IMG, mean=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], variance=[1, 2, 3, 4, 5, 6.5])
layers("Normalization", IMG, axis=None)
layers("Permute", IMG, dims=(3, 1, 2))
layers("Reshape", IMG, target_shape=(-1, 6))
layers("Reshape", VEC, target_shape=(5, 2))
layers("RepeatVector", VEC, n=3)
layers("Dropout", IMG, rate=0.3)
layers("SpatialDropout2D", IMG, rate=0.3)
layers("GaussianNoise", IMG, stddev=0.3)
layers("Embedding", (7,), integers=12, input_dim=12, output_dim=5)
layers("Embedding", (7,), integers=12, input_dim=12, output_dim=5, mask_zero=True)
layers("EinsumDense", SEQ, equation="abc,cd->abd", output_shape=(None, 4), bias_axes="d")
for rnn in ("SimpleRNN", "LSTM", "GRU"):
    layers(rnn, SEQ, units=5)
    layers(rnn, SEQ, units=5, return_sequences=True)
    layers(rnn, SEQ, units=5, go_backwards=True, return_sequences=True, use_bias=False)
    model(f"Bidirectional {rnn}", [SEQ], lambda K, rnn=rnn: lambda x: K.layers.Bidirectional(getattr(K.layers, rnn)(5, return_sequences=True))(x))
    model(f"Bidirectional {rnn}, summed", [SEQ], lambda K, rnn=rnn: lambda x: K.layers.Bidirectional(getattr(K.layers, rnn)(5), merge_mode="sum")(x))
layers("GRU", SEQ, units=5, reset_after=False)
layers("LSTM", SEQ, units=5, activation="relu", recurrent_activation="hard_sigmoid")
model("LSTM with its states", [SEQ], lambda K: lambda x: K.layers.LSTM(5, return_state=True)(x))
model("TimeDistributed Dense", [SEQ], lambda K: lambda x: K.layers.TimeDistributed(K.layers.Dense(4, activation="relu"))(x))
model("TimeDistributed Conv2D", [(3, 9, 8, 6)], lambda K: lambda x: K.layers.TimeDistributed(K.layers.Conv2D(4, 3))(x))
model("Attention", [SEQ, SEQ], lambda K: lambda a, b: K.layers.Attention()([a, b]))
model("MultiHeadAttention", [SEQ, (7, 6)], lambda K: lambda a, b: K.layers.MultiHeadAttention(2, 4)(a, b))


def shared_layer(K):
    dense = K.layers.Dense(6, activation="tanh")
    return lambda x: K.layers.Add()([dense(x), dense(dense(x))])


def nested(K):
    inner_in = K.Input(shape=(9, 8, 6))
    inner = K.Model(inner_in, K.layers.Conv2D(4, 3, activation="relu")(K.layers.BatchNormalization()(inner_in)), name="inner")
    head = K.Sequential([K.Input(shape=(7, 6, 4)), K.layers.GlobalAveragePooling2D(), K.layers.Dense(3)], name="head")
    return lambda x: head(inner(x))


def nested_twice(K):
    tower = K.Sequential([K.Input(shape=(10,)), K.layers.Dense(6, activation="relu"), K.layers.Dense(4)], name="tower")
    return lambda a, b: K.layers.Concatenate()([tower(a), tower(b)])


def squeeze_excite(K):
    def block(x):
        s = K.layers.GlobalAveragePooling2D(keepdims=True)(x)
        s = K.layers.Conv2D(6, 1, activation="hard_sigmoid")(K.layers.Conv2D(2, 1, activation="relu")(s))
        return K.layers.Multiply()([x, s])
    return block


model("A layer called three times", [(6,)], shared_layer)
model("Models inside a model", [IMG], nested)
model("A model called twice", [VEC, VEC], nested_twice)
model("Squeeze and excite", [IMG], squeeze_excite)
model("Two outputs", [IMG], lambda K: lambda x: [K.layers.Conv2D(3, 3)(x), K.layers.Flatten()(x)])
# Raw ops of TensorFlow in Keras 2, and of keras.ops in Keras 3.
RAW = {
    "operators": (lambda x: (x * 2.0 + 1.0) / 3.0 - x, lambda x: (x * 2.0 + 1.0) / 3.0 - x),
    "constant first": (lambda x: 1.0 - x, lambda x: 1.0 - x),
    "slicing": (lambda x: x[:, 1:5, ::2, :], lambda x: x[:, 1:5, ::2, :]),
    "index": (lambda x: x[:, 2], lambda x: x[:, 2]),
    "last channel": (lambda x: x[..., -1], lambda x: x[..., -1]),
    "new axis": (lambda x: x[:, None, 0], lambda x: x[:, None, 0]),
    "relu6": (lambda x: tf.nn.relu6(x * 9), lambda x: keras.ops.relu6(x * 9)),
    "hard swish by hand": (lambda x: x * tf.nn.relu6(x + 3) / 6, lambda x: x * keras.ops.relu6(x + 3) / 6),
    "silu": (tf.nn.silu, keras.ops.silu),
    "leaky_relu": (tf.nn.leaky_relu, keras.ops.leaky_relu),
    "sigmoid": (tf.sigmoid, keras.ops.sigmoid),
    "mean over space": (lambda x: tf.reduce_mean(x, axis=[1, 2], keepdims=True), lambda x: keras.ops.mean(x, axis=(1, 2), keepdims=True)),
    "max over channels": (lambda x: tf.reduce_max(x, axis=-1), lambda x: keras.ops.max(x, axis=-1)),
    "sum": (lambda x: tf.reduce_sum(x, axis=1), lambda x: keras.ops.sum(x, axis=1)),
    "concat": (lambda x: tf.concat([x, x], axis=-1), lambda x: keras.ops.concatenate([x, x], axis=-1)),
    "stack": (lambda x: tf.stack([x, x], axis=1), lambda x: keras.ops.stack([x, x], axis=1)),
    "split": (lambda x: tf.split(x, 2, axis=-1), lambda x: keras.ops.split(x, 2, axis=-1)),
    "reshape": (lambda x: tf.reshape(x, [-1, 72, 6]), lambda x: keras.ops.reshape(x, (-1, 72, 6))),
    "transpose": (lambda x: tf.transpose(x, [0, 3, 1, 2]), lambda x: keras.ops.transpose(x, (0, 3, 1, 2))),
    "expand_dims": (lambda x: tf.expand_dims(x, 1), lambda x: keras.ops.expand_dims(x, 1)),
    "pad": (lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]), lambda x: keras.ops.pad(x, ((0, 0), (1, 2), (0, 1), (0, 0)))),
    "pad reflect": (lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], mode="REFLECT"), lambda x: keras.ops.pad(x, ((0, 0), (1, 2), (0, 1), (0, 0)), mode="reflect")),
    "clip": (lambda x: tf.clip_by_value(x, -0.5, 0.25), lambda x: keras.ops.clip(x, -0.5, 0.25)),
    "abs and sqrt": (lambda x: tf.sqrt(tf.abs(x)), lambda x: keras.ops.sqrt(keras.ops.abs(x))),
    "square and exp": (lambda x: tf.exp(tf.square(x)), lambda x: keras.ops.exp(keras.ops.square(x))),
    "maximum": (lambda x: tf.maximum(x, 0.1), lambda x: keras.ops.maximum(x, 0.1)),
    "power": (lambda x: tf.pow(tf.abs(x), 1.5), lambda x: keras.ops.power(keras.ops.abs(x), 1.5)),
    "softmax": (tf.nn.softmax, keras.ops.softmax),
    "l2 normalize": (lambda x: tf.math.l2_normalize(x, axis=-1), lambda x: keras.ops.normalize(x, axis=-1)),
    "matmul": (lambda x: tf.matmul(x, x, transpose_b=True), lambda x: keras.ops.matmul(x, keras.ops.transpose(x, (0, 1, 3, 2)))),
    "resize": (lambda x: tf.image.resize(x, [5, 13]), lambda x: keras.ops.image.resize(x, (5, 13))),
    "depth to space": (lambda x: tf.nn.depth_to_space(tf.concat([x, x], -1), 2), None),
    "space to depth": (lambda x: tf.nn.space_to_depth(x[:, :8], 2), None),
    "squeeze": (lambda x: tf.squeeze(x[:, :1], axis=1), lambda x: keras.ops.squeeze(x[:, :1], axis=1)),
    "average pool": (lambda x: tf.nn.avg_pool2d(x, 2, 2, "SAME"), lambda x: keras.ops.average_pool(x, 2, 2, "same")),
    "max pool": (lambda x: tf.nn.max_pool2d(x, 3, 2, "VALID"), lambda x: keras.ops.max_pool(x, 3, 2, "valid")),
    "flip": (lambda x: tf.reverse(x, [2]), lambda x: keras.ops.flip(x, 2)),
    "tile": (lambda x: tf.tile(x, [1, 2, 1, 1]), lambda x: keras.ops.tile(x, (1, 2, 1, 1))),
    "repeat": (lambda x: tf.repeat(x, 2, axis=1), lambda x: keras.ops.repeat(x, 2, axis=1)),
}
for name, pair in RAW.items():
    for version, function in zip((2, 3), pair):
        if function is not None:
            model(f"raw op: {name}", [IMG], lambda K, function=function: function, versions=(version,))


def record(array):
    flat = np.asarray(array, dtype=np.float32).reshape(-1)
    count = min(ELEMENTS, flat.size)
    return [float(f"{np.abs(flat).max():.8g}"), [float(f"{flat[i * flat.size // count]:.8g}") for i in range(count)], int(flat.size)]


def run(name, version, shapes, integers, build):
    K = {2: tf_keras, 3: keras}[version]
    K.backend.clear_session()
    inputs = [K.Input(shape=shape, dtype="int32" if integers else "float32") for shape in shapes]
    made = K.Model(inputs, build(K)(*inputs))
    set_weights(made)
    for layer in made.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    data = [input_values(i, (SAMPLES,) + tuple(shape), integers) for i, shape in enumerate(shapes)]
    outputs = made(data if len(data) > 1 else data[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [name, version, json.loads(made.to_json()), [[list(s), integers] for s in shapes], [record(o) for o in outputs]]


results = []
for name, versions, shapes, integers, build in CASES:
    for version in versions:
        try:
            results.append(run(name, version, shapes, integers, build))
        except Exception as error:
            print(f"left out: {name} in Keras {version}: {str(error).splitlines()[0][:150]}", file=sys.stderr)
with open(sys.argv[1], "wb") as file:
    text = "[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in results) + "\n]\n"
    file.write(gzip.compress(text.encode(), 9, mtime=0))
print(len(results), "cases", file=sys.stderr)
