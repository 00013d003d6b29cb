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

from litert_runs import guarded_oracle
from network_blocks import IMAGE_BLOCKS, SEQUENCE_BLOCKS, choose, some

L = keras.layers
KINDS = ("int8", "int8", "int8", "int16", "uint8", "float io", "dynamic", "float16", "per tensor")


def network(rng):
    if rng.integers(6) == 0:
        return sequence(rng)
    shape = (some(rng, 6, 13), some(rng, 6, 13), some(rng, 1, 3))
    inputs = [keras.Input(shape, 1)]
    x = inputs[0]
    if rng.integers(8) == 0:
        inputs.append(keras.Input(shape, 1))
        x = L.Concatenate()([L.Conv2D(3, 3, padding="same")(x), inputs[1]])
    for _ in range(some(rng, 2, 6)):
        x = choose(rng, *IMAGE_BLOCKS)(rng, x)
    side = [L.Conv2D(2, 1, activation="sigmoid")(x)] if rng.integers(8) == 0 else []
    x = choose(rng, L.GlobalAveragePooling2D(), L.Flatten(), L.GlobalMaxPooling2D())(x)
    x = L.Dense(some(rng, 2, 11), activation=choose(rng, None, "softmax", "sigmoid", "relu"))(x)
    return keras.Model(inputs, [x, *side])


def sequence(rng):
    inputs = keras.Input((some(rng, 3, 7), some(rng, 2, 8)), 1)
    x = L.Dense(some(rng, 2, 8), activation="relu")(inputs)
    for _ in range(some(rng, 1, 2)):
        x = choose(rng, *SEQUENCE_BLOCKS)(rng, x)
    x = L.GlobalAveragePooling1D()(x) if rng.integers(2) else x
    x = L.Dense(some(rng, 2, 5), activation=choose(rng, None, "softmax"))(x)
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
        converter.representative_dataset = lambda: ([rng.normal(0, 1, x.shape).astype(np.float32) for x in model.inputs] for _ in range(8))
        wide = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.target_spec.supported_ops = [wide if kind == "int16" else tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        io = {"int8": tf.int8, "per tensor": tf.int8, "uint8": tf.uint8, "int16": tf.int16}.get(kind, tf.float32)
        converter.inference_input_type = converter.inference_output_type = io
        converter._experimental_disable_per_channel = kind == "per tensor"
    return converter.convert()


# Share of networks that may be left out because LiteRT's reference kernels end the process.
MOST_LOST = 0.02


def main():
    out, count, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200, int(sys.argv[3]) if len(sys.argv) > 3 else 0
    written = failed = refused = aborted = 0
    lost = []
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
            name = f"network {kind.replace(' ', '-')} {i}"
            case = guarded_oracle(lambda: (name, content, {}, rng), 2)
            aborted += case.get("defaultError") == "it ends the process"
            if case.get("aborted"):
                lost.append(name)
                continue
            if "failed" in case:
                raise SystemExit(f"{name}: {case}")
            refused += "error" in case
            file.write(json.dumps(case, separators=(",", ":")) + "\n")
            written += 1
    print(f"{written} networks, {refused} of them refused by LiteRT, {failed} that the converter refuses, {aborted} on which LiteRT's default runtime aborts, {len(lost)} on which its reference kernels do: {lost}")
    if len(lost) > MOST_LOST * count:
        raise SystemExit("LiteRT aborts on more networks than can be left out")


main()
