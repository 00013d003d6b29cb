# Records the constructor signature of every layer class of keras 3 and tf_keras (Keras 2), aliases included:
#   python signatures.py > signatures.json
# {"2": {"Conv2D": {"class": "Conv2D", "parameters": [["filters"], ["strides", [1, 1]], ...], "kwargs": true}, ...}, "3": ...}
# A parameter without a default has one element; keyword-only parameters carry a third, "keyword".
import inspect, json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


def plain(value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return f"<{type(value).__name__}>"


def parameters(cls):
    signature = inspect.signature(cls.__init__)
    listed, kwargs = [], False
    for name, p in list(signature.parameters.items())[1:]:
        if p.kind == p.VAR_KEYWORD:
            kwargs = True
            continue
        if p.kind == p.VAR_POSITIONAL:
            listed.append([f"*{name}"])
            continue
        entry = [name]
        if p.default is not p.empty:
            entry.append(plain(p.default))
        if p.kind == p.KEYWORD_ONLY:
            entry = [name, entry[1] if len(entry) > 1 else "<required>", "keyword"]
        listed.append(entry)
    return listed, kwargs


def catalogue(module):
    found = {}
    for name in sorted(dir(module)):
        cls = getattr(module, name)
        if not inspect.isclass(cls) or name in ("Layer", "InputSpec"):
            continue
        listed, kwargs = parameters(cls)
        found[name] = {"class": cls.__name__, "parameters": listed, "kwargs": kwargs}
    return found


import keras
import tf_keras

result = {"2": catalogue(tf_keras.layers), "3": catalogue(keras.layers)}
for name in ("SyncBatchNormalization", "RandomFourierFeatures"):
    cls = getattr(tf_keras.layers.experimental, name)
    listed, kwargs = parameters(cls)
    result["2"][name] = {"class": cls.__name__, "parameters": listed, "kwargs": kwargs}
lines = [json.dumps({v: None})[1:-5] + "{\n" + ",\n".join(f"{json.dumps(n)}: {json.dumps(d)}" for n, d in c.items()) + "\n}" for v, c in result.items()]
sys.stdout.write("{" + ",\n".join(lines) + "}\n")
