# Records what tf_keras computes for every layer of MLPerf Tiny's three float models.
#   python mlperf_outputs.py FOLDER > mlperf-outputs.json        (FOLDER holds the three .h5)
# By file and layer: the largest magnitude and elements evenly spaced over the output of two inputs.
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, tf_keras
from float_values import input_values

SAMPLES, ELEMENTS = 2, 24
FILES = {"ic_resnet8_float.h5": (127.5, 127.5), "kws_dscnn_float.h5": (60, 0), "vww_mobilenetv1_025_96_float.h5": (0.5, 0.5)}


def record(array):
    flat = array.reshape(-1)
    count = min(ELEMENTS, flat.size)
    picks = [int(i * flat.size // count) for i in range(count)]
    return [float(f"{np.abs(flat).max():.8g}"), [float(f"{flat[p]:.8g}") for p in picks]]


result = {}
for name, (scale, offset) in FILES.items():
    model = tf_keras.models.load_model(os.path.join(sys.argv[1], name), compile=False)
    x = input_values(0, (SAMPLES,) + model.input_shape[1:]) * np.float32(scale) + np.float32(offset)
    layers = [layer for layer in model.layers if layer.__class__.__name__ != "InputLayer"]
    outputs = tf_keras.Model(model.inputs, [layer.output for layer in layers]).predict(x, verbose=0)
    result[name] = {"scale": scale, "offset": offset, "layers": {l.name: record(o) for l, o in zip(layers, outputs)}}
    result[name]["output"] = [[float(f"{v:.8g}") for v in row] for row in model.predict(x, verbose=0)]
json.dump(result, sys.stdout, separators=(",", ":"))
