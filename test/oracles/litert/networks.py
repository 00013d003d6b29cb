"""Random networks through TensorFlow's converter, and what LiteRT computes of them: `networks.py OUT.jsonl.gz [COUNT] [SEED]`.

Needs TensorFlow and tf_keras; the kinds of quantization are the converter's own."""

import gzip
import json
import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow as tf
import tf_keras as keras

from guarded import guarded
from litert_runs import oracle

L = keras.layers
KINDS = ("int8", "int8", "int8", "int16", "uint8", "float io", "dynamic", "float16", "per tensor")
ACTIVATIONS = (None, "relu", tf.nn.relu6, "tanh", "sigmoid", "elu", tf.nn.swish, "gelu")


def choose(rng, *options):
    return options[rng.integers(len(options))]


def image_block(rng, x):
    channels = int(rng.integers(1, 12))
    padding = choose(rng, "same", "valid") if x.shape[1] > 4 and x.shape[2] > 4 else "same"
    stride = int(rng.integers(1, 3)) if x.shape[1] > 4 else 1
    kind = rng.integers(14)
    if kind < 3:
        x = L.Conv2D(channels, int(rng.integers(1, 4)), stride, padding, use_bias=bool(rng.integers(2)))(x)
        x = L.BatchNormalization()(x) if rng.integers(2) else x
        return L.Activation(choose(rng, *ACTIVATIONS))(x)
    if kind == 3:
        return L.DepthwiseConv2D(3, stride, padding, activation=choose(rng, "relu", tf.nn.relu6))(x)
    if kind == 4:
        return L.SeparableConv2D(channels, 3, 1, "same")(x)
    if kind == 5:
        return L.Add()([x, L.Conv2D(x.shape[-1], 3, padding="same")(x)])
    if kind == 6:
        return L.Concatenate()([x, L.Conv2D(channels, 1, activation="relu")(x)])
    if kind == 7:
        return choose(rng, L.AveragePooling2D, L.MaxPooling2D)(2, padding="same")(x)
    if kind == 8:
        return L.Conv2DTranspose(channels, 3, 2, padding="same")(x) if x.shape[1] < 9 else x
    if kind == 9:
        return L.Multiply()([x, L.Conv2D(x.shape[-1], 1, activation="sigmoid")(x)])
    if kind == 10:
        return choose(rng, L.LeakyReLU(0.2), L.PReLU(shared_axes=[1, 2]), L.Activation("softmax"))(x)
    if kind == 11:
        return L.ZeroPadding2D(((0, 1), (1, 0)))(x)
    if kind == 12:
        return L.UpSampling2D(2, interpolation=choose(rng, "nearest", "bilinear"))(x) if x.shape[1] < 7 else x
    return L.Subtract()([L.Maximum()([x, L.Conv2D(x.shape[-1], 1)(x)]), L.Conv2D(x.shape[-1], 1)(x)])


def network(rng):
    if rng.integers(6) == 0:
        return sequence(rng)
    inputs = keras.Input((int(rng.integers(6, 14)), int(rng.integers(6, 14)), int(rng.integers(1, 4))), 1)
    x = inputs
    for _ in range(int(rng.integers(2, 7))):
        x = image_block(rng, x)
    x = choose(rng, L.GlobalAveragePooling2D(), L.Flatten(), L.GlobalMaxPooling2D())(x)
    x = L.Dense(int(rng.integers(2, 12)), activation=choose(rng, None, "softmax", "sigmoid", "relu"))(x)
    return keras.Model(inputs, x)


def sequence(rng):
    inputs = keras.Input((int(rng.integers(2, 6)), int(rng.integers(2, 9))), 1)
    x = L.Dense(int(rng.integers(2, 9)), activation="relu")(inputs)
    x = L.LSTM(int(rng.integers(2, 8)), return_sequences=bool(rng.integers(2)))(x)
    x = L.Dense(int(rng.integers(2, 6)), activation=choose(rng, None, "softmax"))(x)
    return keras.Model(inputs, x)


def convert(rng, model, kind):
    for variable in model.variables:
        if "gamma" in variable.name or "moving_variance" in variable.name:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
        elif "moving_mean" in variable.name or "bias" in variable.name or "beta" in variable.name:
            variable.assign(rng.normal(0, 0.3, variable.shape))
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind in ("float16", "dynamic", "int8", "int16", "uint8", "float io", "per tensor"):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind in ("int8", "int16", "uint8", "float io", "per tensor"):
        shape = (1, *model.input_shape[1:])
        converter.representative_dataset = lambda: ([rng.normal(0, 1, shape).astype(np.float32)] for _ in range(8))
        wide = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.target_spec.supported_ops = [wide if kind == "int16" else tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        io = {"int8": tf.int8, "per tensor": tf.int8, "uint8": tf.uint8, "int16": tf.int16}.get(kind, tf.float32)
        converter.inference_input_type = converter.inference_output_type = io
        converter._experimental_disable_per_channel = kind == "per tensor"
    return converter.convert()


def main():
    out, count, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200, int(sys.argv[3]) if len(sys.argv) > 3 else 0
    written = failed = 0
    with gzip.open(out, "wt", compresslevel=9) as file:
        for i in range(count):
            rng = np.random.default_rng([seed, 77, i])
            kind = KINDS[i % len(KINDS)]
            keras.utils.set_random_seed(i)
            keras.backend.clear_session()
            try:
                content = convert(rng, network(rng), kind)
            except Exception as error:  # noqa: BLE001
                failed += 1
                print(f"not converted {i} {kind}: {str(error).splitlines()[0][:150]}", file=sys.stderr)
                continue
            case = guarded(lambda: oracle(f"network {kind.replace(' ', '-')} {i}", content, {}, rng, 2, True))
            if "failed" in case or case.get("aborted"):
                raise SystemExit(f"network {i}: {case}")
            file.write(json.dumps(case, separators=(",", ":")) + "\n")
            written += 1
    print(f"{written} networks, {failed} that the converter refuses")


main()
