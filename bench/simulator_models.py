"""Larger int8 models for `npm run bench:simulate FILE`: Keras Applications with random weights, by TensorFlow's converter.

    python bench/simulator_models.py FOLDER      needs tensorflow 2.20 and tf_keras"""
import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)


def he_normal(layer):
    """Activations keep their size from layer to layer, which quantization needs."""
    weights = layer.get_weights()
    if weights and weights[0].ndim >= 2:
        kernel = weights[0].shape
        fan_in = np.prod(kernel[:2] if isinstance(layer, tf.keras.layers.DepthwiseConv2D) else kernel[:-1])
        layer.set_weights([rng.standard_normal(kernel).astype(np.float32) * np.sqrt(2 / fan_in), *weights[1:]])


def convert(model):
    for layer in model.layers:
        he_normal(layer)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([rng.uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32)] for _ in range(3))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


for name in ("MobileNet", "MobileNetV2", "ResNet50"):
    model = getattr(tf.keras.applications, name)(weights=None, input_shape=(224, 224, 3))
    with open(os.path.join(sys.argv[1], f"{name}.tflite"), "wb") as file:
        file.write(convert(model))
