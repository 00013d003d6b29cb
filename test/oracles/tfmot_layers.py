"""Makes what TFMOT's quantize_model computes, layer by layer, for the MLPerf Tiny models: FOLDER/<model>.npz and .json.

  python test/oracles/tfmot_layers.py MODELS FOLDER      (tensorflow 2.20, tf_keras, tensorflow-model-optimization 0.8.1)

MODELS holds `ic_resnet8_float.h5` and the others. Ranges of activations are found by training passes over random inputs with a
decay of 0.5, in place of 0.999, so that they are those of the model and not the ±6 that TFMOT starts from; weights and batch
norms are the file's. A last softmax is left out: TFMOT rounds what goes into it.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np
import tf_keras
import tensorflow_model_optimization as tfmot
from tensorflow_model_optimization.python.core.quantization.keras import quant_ops

moving = quant_ops.MovingAvgQuantize
quant_ops.MovingAvgQuantize = lambda *args, **keywords: moving(*args, **{**keywords, "ema_decay": 0.5})

MODELS = {
    "ic_resnet8_float": lambda random, shape: np.floor(random.uniform(0, 256, shape)),
    "kws_dscnn_float": lambda random, shape: random.normal(0, 20, shape),
    "vww_mobilenetv1_025_96_float": lambda random, shape: random.uniform(0, 1, shape),
}
SAMPLES = 4


def ranges_of(layer):
    """(min, max) of the layer's output quantizer, or None."""
    found = {v.name.split("/")[-1].split(":")[0]: float(v.numpy()) for v in layer.weights if v.shape.rank == 0}
    for name in ("output", "post_activation", "pre_activation", layer.name):
        if f"{name}_min" in found:
            return [found[f"{name}_min"], found[f"{name}_max"]]
    return None


def run(name, draw, models, folder):
    model = tf_keras.models.load_model(os.path.join(models, f"{name}.h5"), compile=False)
    last = model.layers[-1]
    if getattr(last, "activation", None) is tf_keras.activations.softmax:
        last.activation = tf_keras.activations.linear
        model = tf_keras.models.clone_model(model)
        model.set_weights(tf_keras.models.load_model(os.path.join(models, f"{name}.h5"), compile=False).get_weights())
    quantized = tfmot.quantization.keras.quantize_model(model)
    norms = [layer for layer in quantized.layers if "batch_norm" in layer.name or "_bn" in layer.name]
    kept = [layer.get_weights() for layer in norms]
    random = np.random.default_rng(0)
    shape = (32, *model.input_shape[1:])
    for _ in range(6):
        quantized(draw(random, shape).astype(np.float32), training=True)
    for layer, weights in zip(norms, kept):
        # Ranges follow; means and variances are the file's.
        current = layer.get_weights()
        layer.set_weights([c if c.ndim == 0 else k for c, k in zip(current, weights)])
    inner = tf_keras.Model(quantized.inputs, [layer.output for layer in quantized.layers[1:]])
    outputs = inner(draw(random, (SAMPLES, *shape[1:])).astype(np.float32), training=False)
    arrays, ranges = {}, {}
    for layer, output in zip(quantized.layers[1:], outputs):
        original = "quantize_layer" if layer.name.startswith("quantize_layer") else layer.name.removeprefix("quant_")
        arrays[original] = np.asarray(output, np.float32)
        found = ranges_of(layer)
        if found is not None:
            ranges[original] = found
    np.savez(os.path.join(folder, f"{name}.npz"), **arrays)
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump({"model": name, "samples": SAMPLES, "ranges": ranges}, file)
    print(name, len(ranges), "ranges,", len(arrays), "layers")


if __name__ == "__main__":
    for name, draw in MODELS.items():
        run(name, draw, *sys.argv[1:3])
