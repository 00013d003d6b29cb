"""Second half of the oracle of layer errors: runs the models of layer_errors.ts in LiteRT's reference kernels, reads every
tensor, and computes the metrics with numpy, independently of QuantLens.
  python layer_errors.py FOLDER > layer-errors.json
"""
import base64
import json
import pathlib
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


class Model:
    def __init__(self, path):
        self.run_with = Interpreter(model_path=str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
                                    experimental_preserve_all_tensors=True)
        self.run_with.allocate_tensors()
        self.details = {d["index"]: d for d in self.run_with.get_tensor_details()}

    def run(self, inputs):
        for index, value in inputs.items():
            self.run_with.set_tensor(index, value.reshape(self.details[index]["shape"]))
        self.run_with.invoke()

    def tensor(self, index):
        return np.array(self.run_with.get_tensor(index))

    def real(self, index):
        scale, zero = self.details[index]["quantization"]
        return (self.tensor(index).astype(np.float64) - zero) * scale

    def codes(self, index, values):
        scale, zero = self.details[index]["quantization"]
        scaled = values.astype(np.float32) / np.float32(scale)
        rounded = np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)
        return np.clip(rounded + zero, -128, 127).astype(np.int8)


def metrics(float_values, integer_values, scale):
    f, q = np.concatenate(float_values), np.concatenate(integer_values)
    e = q - f
    noise = np.sum(e * e)
    return {
        "sqnr": None if noise == 0 else 10 * np.log10(np.sum(f * f) / noise),
        "rmseOverScale": np.sqrt(np.mean(e * e)) / scale,
        "cosine": np.dot(f, q) / np.sqrt(np.dot(f, f) * np.dot(q, q)),
        "bias": np.mean(e),
        "maxError": np.max(np.abs(e)),
    }


def measure(folder):
    meta = json.loads((folder / "model.json").read_text())
    images = np.frombuffer(base64.b64decode(meta["inputs"]), np.float32).reshape(meta["shape"])
    whole, real = Model(folder / "integer.tflite"), Model(folder / "float.tflite")
    alone, real_alone = Model(folder / "integer-alone.tflite"), Model(folder / "float-alone.tflite")
    seen = {layer["name"]: {"float": [], "whole": [], "alone": [], "fed": [], "codes": []} for layer in meta["layers"]}
    for image in images:
        real.run({meta["input"]: image})
        whole.run({meta["input"]: whole.codes(meta["input"], image)})
        codes = {c["input"]: alone.codes(c["input"], real.tensor(c["source"])) for c in meta["integerAlone"]}
        alone.run(codes)
        fed = {c["source"]: alone.real(c["input"]).astype(np.float32) for c in meta["integerAlone"]}
        real_alone.run({c["input"]: fed[c["source"]] for c in meta["floatAlone"]})
        for layer in meta["layers"]:
            tensor, values = layer["tensor"], seen[layer["name"]]
            values["float"].append(real.tensor(tensor).astype(np.float64).ravel())
            values["whole"].append(whole.real(tensor).ravel())
            values["alone"].append(alone.real(tensor).ravel())
            values["fed"].append(real_alone.tensor(tensor).astype(np.float64).ravel())
            values["codes"].append(whole.tensor(tensor).ravel())
    layers = []
    for layer in meta["layers"]:
        values = seen[layer["name"]]
        scale, zero = whole.details[layer["tensor"]]["quantization"]
        codes = np.concatenate(values["codes"]).astype(int)
        ends = sum(np.mean(codes == end) for end in (-128, 127) if end != zero)
        layers.append({
            "name": layer["name"], "op": layer["op"],
            "local": metrics(values["fed"], values["alone"], scale),
            "accumulated": metrics(values["float"], values["whole"], scale),
            "saturated": ends, "rangeUsed": (codes.max() - codes.min() + 1) / 256,
        })
    return {"images": len(images), "ranges": meta["ranges"], "layers": layers}


folders = sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir())
print(json.dumps({path.name: measure(path) for path in folders}, indent=1))
