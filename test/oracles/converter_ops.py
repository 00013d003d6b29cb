"""Which TFLite ops the full-integer converter leaves in float, one small function for each op: `converter-ops.json`.

  python converter_ops.py        (TensorFlow 2.20)

For int8 and for 16x8 (int16 activations, int8 weights): each op of the converted program by name, with the types of its
outputs. Ops without an integer form are allowed to stay float, which is what the rules must foresee.
"""
import json
import os
import re
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
import tf_keras as keras

L = keras.layers
HERE = os.path.dirname(os.path.abspath(__file__))
IMAGE = (1, 8, 8, 4)
rng = np.random.default_rng(1)


def const(*shape):
    return tf.constant(rng.standard_normal(shape), tf.float32)


W = const(3, 3, 4, 4)
CASES = {
    "conv": lambda x: tf.nn.conv2d(x, W, 1, "SAME"),
    "depthwise": lambda x: tf.nn.depthwise_conv2d(x, const(3, 3, 4, 1), [1, 1, 1, 1], "SAME"),
    "transpose_conv": lambda x: tf.nn.conv2d_transpose(x, const(3, 3, 4, 4), (1, 16, 16, 4), 2),
    "dense": lambda x: tf.matmul(tf.reshape(x, (1, 256)), const(256, 8)),
    "batch_matmul": lambda x: tf.matmul(tf.reshape(x, (1, 16, 16)), tf.transpose(tf.reshape(x, (1, 16, 16)), (0, 2, 1)) + 1.0),
    "conv3d": lambda x: tf.nn.conv3d(tf.reshape(x, (1, 4, 4, 4, 4)), const(2, 2, 2, 4, 4), [1] * 5, "SAME"),
    "add": lambda x: x + tf.nn.relu(x), "sub": lambda x: x - tf.sigmoid(x), "mul": lambda x: x * tf.sigmoid(x),
    "div": lambda x: x / (tf.sigmoid(x) + 1.0), "floor_div": lambda x: tf.math.floordiv(x, tf.sigmoid(x) + 1.0),
    "floor_mod": lambda x: tf.math.floormod(x, tf.sigmoid(x) + 1.0), "pow": lambda x: tf.pow(tf.sigmoid(x) + 1.0, tf.sigmoid(x)),
    "maximum": lambda x: tf.maximum(x, tf.sigmoid(x)), "minimum": lambda x: tf.minimum(x, tf.sigmoid(x)),
    "squared_difference": lambda x: tf.math.squared_difference(x, tf.sigmoid(x)),
    "compare": lambda x: tf.cast(x > tf.sigmoid(x), tf.float32), "compare_less": lambda x: tf.cast(x < tf.sigmoid(x), tf.float32),
    "compare_equal": lambda x: tf.cast(tf.equal(x, tf.sigmoid(x)), tf.float32),
    "compare_not_equal": lambda x: tf.cast(tf.not_equal(x, tf.sigmoid(x)), tf.float32),
    "compare_greater_equal": lambda x: tf.cast(x >= tf.sigmoid(x), tf.float32),
    "compare_less_equal": lambda x: tf.cast(x <= tf.sigmoid(x), tf.float32),
    "relu": lambda x: tf.nn.relu(tf.nn.max_pool2d(x, 2, 2, "SAME")), "relu6": lambda x: tf.nn.relu6(x),
    "relu_n1": lambda x: tf.minimum(tf.maximum(x, -1.0), 1.0), "relu_0_to_1": lambda x: tf.minimum(tf.maximum(x, 0.0), 1.0),
    "leaky_relu": lambda x: tf.nn.leaky_relu(x), "elu": lambda x: tf.nn.elu(x), "selu": lambda x: tf.nn.selu(x),
    "gelu": lambda x: tf.nn.gelu(x), "gelu_approximate": lambda x: tf.nn.gelu(x, approximate=True),
    "hard_swish": lambda x: x * tf.nn.relu6(x + 3.0) * (1.0 / 6.0), "swish": lambda x: tf.nn.swish(x),
    "logistic": lambda x: tf.sigmoid(x), "tanh": lambda x: tf.tanh(x), "abs": lambda x: tf.abs(x), "neg": lambda x: -x,
    "sqrt": lambda x: tf.sqrt(tf.sigmoid(x)), "rsqrt": lambda x: tf.math.rsqrt(tf.sigmoid(x)), "square": lambda x: tf.square(x),
    "exp": lambda x: tf.exp(x), "log": lambda x: tf.math.log(tf.sigmoid(x)), "sin": lambda x: tf.sin(x), "cos": lambda x: tf.cos(x),
    "floor": lambda x: tf.floor(x), "ceil": lambda x: tf.math.ceil(x), "round": lambda x: tf.round(x), "sign": lambda x: tf.sign(x),
    "softplus": lambda x: tf.nn.softplus(x), "softsign": lambda x: tf.nn.softsign(x), "erf": lambda x: tf.math.erf(x),
    "softmax": lambda x: tf.nn.softmax(x), "log_softmax": lambda x: tf.nn.log_softmax(x),
    "l2_normalize": lambda x: tf.nn.l2_normalize(x, -1), "average_pool": lambda x: tf.nn.avg_pool2d(x, 2, 2, "SAME"),
    "max_pool": lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), "mean": lambda x: tf.reduce_mean(x, [1, 2]),
    "sum": lambda x: tf.reduce_sum(x, [1, 2]), "reduce_max": lambda x: tf.reduce_max(x, [1, 2]),
    "reduce_min": lambda x: tf.reduce_min(x, [1, 2]), "reduce_prod": lambda x: tf.reduce_prod(x, [1, 2]),
    "arg_max": lambda x: tf.argmax(x, -1), "arg_min": lambda x: tf.argmin(x, -1), "cumsum": lambda x: tf.cumsum(x, 1),
    # All outputs are read: an op with one that is not stays float in some runs.
    "concat": lambda x: tf.concat([x, tf.nn.relu(x)], -1), "split": lambda x: tf.split(x, 2, -1),
    "split_v": lambda x: tf.split(x, [1, 3], -1), "pack": lambda x: tf.stack([x, tf.nn.relu(x)]),
    "unpack": lambda x: tf.unstack(x, axis=1), "reshape": lambda x: tf.reshape(x, (1, 16, 16)),
    "squeeze": lambda x: tf.squeeze(x, 0), "expand_dims": lambda x: tf.expand_dims(x, 0),
    "transpose": lambda x: tf.transpose(x, (0, 2, 1, 3)), "pad": lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]),
    "pad_v2": lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=1.0),
    "mirror_pad": lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT"), "tile": lambda x: tf.tile(x, (1, 2, 1, 1)),
    "broadcast_to": lambda x: tf.broadcast_to(x, (2, 8, 8, 4)), "slice": lambda x: tf.slice(x, (0, 1, 1, 0), (1, 4, 4, 4)),
    "strided_slice": lambda x: x[:, ::2, ::2], "gather": lambda x: tf.gather(x, [0, 2], axis=1),
    "gather_nd": lambda x: tf.gather_nd(x, [[0, 1], [0, 2]]), "space_to_depth": lambda x: tf.nn.space_to_depth(x, 2),
    "depth_to_space": lambda x: tf.nn.depth_to_space(x, 2),
    "space_to_batch": lambda x: tf.space_to_batch(x, [2, 2], [[0, 0], [0, 0]]),
    "batch_to_space": lambda x: tf.batch_to_space(tf.space_to_batch(x, [2, 2], [[0, 0], [0, 0]]), [2, 2], [[0, 0], [0, 0]]),
    "resize_bilinear": lambda x: tf.image.resize(x, (16, 16)),
    "resize_nearest": lambda x: tf.image.resize(x, (16, 16), "nearest"), "resize_bicubic": lambda x: tf.image.resize(x, (16, 16), "bicubic"),
    "reverse": lambda x: tf.reverse(x, [1]), "select": lambda x: tf.where(x > 0.0, x, tf.nn.relu(x) + 1.0),
    "top_k": lambda x: tf.math.top_k(x, 2)[0], "one_hot": lambda x: tf.one_hot(tf.argmax(x, -1), 4),
    "einsum": lambda x: tf.einsum("bhwc,cd->bhwd", x, const(4, 4)), "clip": lambda x: tf.clip_by_value(x, 0.0, 4.0),
    "dilated": lambda x: tf.nn.conv2d(x, W, 1, "SAME", dilations=2),
    "fill": lambda x: x + tf.fill([1, 8, 8, 4], tf.reduce_max(x)), "matrix_diag": lambda x: tf.linalg.diag(x),
    "cast": lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32), "l2_loss": lambda x: tf.nn.l2_loss(x),
    "local_response_normalization": lambda x: tf.nn.local_response_normalization(x),
    "atan2": lambda x: tf.atan2(x, tf.sigmoid(x)), "is_nan": lambda x: tf.cast(tf.math.is_nan(x), tf.float32),
    "dynamic shape": lambda x: tf.reshape(x, (tf.shape(x)[0], -1)),
}

LAYERS = {
    "PReLU": (L.PReLU, (8, 8, 4)), "LSTM": (lambda: L.LSTM(4), (12, 4)), "LayerNormalization": (L.LayerNormalization, (8, 8, 4)),
    "BatchNormalization": (L.BatchNormalization, (8, 8, 4)), "GroupNormalization": (lambda: L.GroupNormalization(2), (8, 8, 4)),
    "UnitNormalization": (L.UnitNormalization, (8, 8, 4)), "Rescaling": (lambda: L.Rescaling(1 / 255), (8, 8, 4)),
    "Normalization": (lambda: L.Normalization(mean=1.0, variance=2.0), (8, 8, 4)),
    "Conv1D": (lambda: L.Conv1D(3, 2), (12, 4)), "Conv1DTranspose": (lambda: L.Conv1DTranspose(3, 2), (12, 4)),
    "Conv2DTranspose": (lambda: L.Conv2DTranspose(3, 2), (8, 8, 4)), "Conv3D": (lambda: L.Conv3D(3, 2), (6, 6, 6, 2)),
    "MaxPooling1D": (L.MaxPooling1D, (12, 4)), "AveragePooling1D": (L.AveragePooling1D, (12, 4)),
    "MaxPooling3D": (L.MaxPooling3D, (6, 6, 6, 2)), "UpSampling2D bilinear": (lambda: L.UpSampling2D(interpolation="bilinear"), (8, 8, 4)),
    "UpSampling2D": (L.UpSampling2D, (8, 8, 4)), "UpSampling1D": (L.UpSampling1D, (12, 4)),
    "Softmax": (L.Softmax, (8, 8, 4)), "GlobalMaxPooling2D": (L.GlobalMaxPooling2D, (8, 8, 4)),
    "GlobalAveragePooling2D": (L.GlobalAveragePooling2D, (8, 8, 4)), "ReLU max 4": (lambda: L.ReLU(4.0), (8, 8, 4)),
    "ReLU threshold": (lambda: L.ReLU(threshold=0.5), (8, 8, 4)), "ThresholdedReLU": (L.ThresholdedReLU, (8, 8, 4)),
    "Activation hard_sigmoid": (lambda: L.Activation("hard_sigmoid"), (8, 8, 4)),
    "Activation exponential": (lambda: L.Activation("exponential"), (8, 8, 4)), "Activation mish": (lambda: L.Activation("mish"), (8, 8, 4)),
    "LocallyConnected2D": (lambda: L.LocallyConnected2D(3, 2), (8, 8, 4)), "Embedding": (lambda: L.Embedding(10, 4), (10,)),
    "Reshape": (lambda: L.Reshape((64, 4)), (8, 8, 4)), "Flatten": (L.Flatten, (8, 8, 4)), "RepeatVector": (lambda: L.RepeatVector(3), (10,)),
    "DepthwiseConv1D": (lambda: L.DepthwiseConv1D(2), (12, 4)), "SeparableConv1D": (lambda: L.SeparableConv1D(3, 2), (12, 4)),
    "Dense on 3D": (lambda: L.Dense(3), (12, 4)), "grouped Conv2D": (lambda: L.Conv2D(4, 3, groups=2), (8, 8, 4)),
    "depth multiplier 2": (lambda: L.DepthwiseConv2D(3, depth_multiplier=2), (8, 8, 4)),
}


def convert(converter, sample, wide):
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample()] for _ in range(2))
    wide_set = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    converter.target_spec.supported_ops = [wide_set if wide else tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        return describe(converter.convert())
    except Exception as error:  # noqa: BLE001
        return {"failed": re.sub(r" ?/\S*\.py:\d+:\d+: ", " ", str(error).strip().splitlines()[0])[:200]}


def describe(content):
    """Ops in order, `KIND:type` of the first output."""
    interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    types = {t["index"]: np.dtype(t["dtype"]).name for t in interpreter.get_tensor_details()}
    return [f"{op['op_name']}:{types.get(op['outputs'][0], 'none') if len(op['outputs']) else 'none'}" for op in interpreter._get_ops_details()]


def main():
    lines = []
    sources = {}
    for name, function in CASES.items():
        def make(function=function):
            concrete = tf.function(function).get_concrete_function(tf.TensorSpec(IMAGE))
            return tf.lite.TFLiteConverter.from_concrete_functions([concrete], None)
        sources[name] = (make, lambda: rng.standard_normal(IMAGE).astype("float32"))
    for name, (layer, shape) in LAYERS.items():
        def make(layer=layer, shape=shape):
            return tf.lite.TFLiteConverter.from_keras_model(keras.Sequential([keras.Input(shape, batch_size=1), layer()]))
        sources["layer " + name] = (make, lambda shape=shape: rng.uniform(0, 4, (1, *shape)).astype("float32"))
    for name, (make, sample) in sources.items():
        try:
            row = {"int8": convert(make(), sample, False), "int16": convert(make(), sample, True)}
        except Exception as error:  # noqa: BLE001
            row = {"failed": str(error)[:200]}
        lines.append(f"{json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}")
        print(lines[-1], flush=True)
    with open(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "converter-ops.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


main()
