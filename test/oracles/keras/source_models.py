"""Builds the models of sources/*.py with Keras itself and writes what their layers are: the oracle of the symbolic run.

  python source_models.py 2   (tf_keras and TFMOT: all but keras3.py)
  python source_models.py 3   (Keras 3: keras3.py)
"""
import glob
import json
import os
import sys

version = sys.argv[1]
os.environ["TF_USE_LEGACY_KERAS"] = "1" if version == "2" else "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

if version == "3":
    import keras
else:
    keras = tf.keras


def plain(shape):
    if isinstance(shape, list) and len(shape) == 1 and isinstance(shape[0], (list, tuple)):
        shape = shape[0]
    if shape is None:
        return None
    return [plain(item) if isinstance(item, (list, tuple)) else item for item in shape]


def shape_of(layer):
    try:
        if hasattr(layer, "output_shape"):
            return plain(layer.output_shape)
        output = layer.output
        return plain([list(one.shape) for one in output] if isinstance(output, (list, tuple)) else list(output.shape))
    except Exception:
        return None


def inbound(layer):
    if layer.__class__.__name__ == "InputLayer" or not layer._inbound_nodes:
        return []
    node = layer._inbound_nodes[0]
    if hasattr(node, "inbound_layers"):
        return [one.name for one in tf.nest.flatten(node.inbound_layers)]
    return [one._keras_history[0].name for one in node.input_tensors]


def layers_of(model):
    operations = getattr(model, "operations", None) if version == "3" else None
    return operations or model.layers


def params(layer):
    try:
        return layer.count_params()
    except Exception:
        return 0


here = os.path.dirname(os.path.abspath(__file__))
for path in sorted(glob.glob(os.path.join(here, "sources", "*.py"))):
    name = os.path.basename(path)[:-3]
    if (name == "keras3") != (version == "3"):
        continue
    keras.backend.clear_session()
    names = {"__name__": "__main__"}
    exec(compile(open(path).read(), path, "exec"), names)
    found = {
        variable: [[one.name, one.__class__.__name__, shape_of(one), params(one), inbound(one)] for one in layers_of(value)]
        for variable, value in names.items()
        if isinstance(value, keras.Model)
    }
    lines = ",\n".join(f" {json.dumps(variable)}: [\n" + ",\n".join("  " + json.dumps(one) for one in rows) + "\n ]" for variable, rows in found.items())
    with open(os.path.join(here, "sources", f"{name}.json"), "w") as file:
        file.write("{\n" + lines + "\n}\n")
