# Inputs and weights that both sides of the float oracles make for themselves, so that only outputs are committed.
# The twin of test/engine/keras/lower/oracle-values.ts.
import numpy as np


def uniform(seed, count):
    """`count` numbers in [0, 1): a counter hashed by lowbias32 (Ellis, https://github.com/skeeto/hash-prospector)."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) + np.uint32((seed * 0x9E3779B9) & 0xFFFFFFFF)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x7FEB352D)
        x ^= x >> np.uint32(15)
        x *= np.uint32(0x846CA68B)
        x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 2.0**32


def input_values(index, shape, integers=None):
    """Values in [-1, 1), or whole numbers below `integers`."""
    u = uniform(1000 + index, int(np.prod(shape)))
    values = np.floor(u * integers) if integers else 2 * u - 1
    return values.astype(np.float32).reshape(shape)


def weight_values(index, name, layer_class, shape):
    """Keeps activations of deep models near one: He's bound for kernels, mild batch normalizations."""
    u = uniform(index, int(np.prod(shape)))
    if name in ("gamma", "moving_variance", "variance", "scale"):
        values = 0.5 + u
    elif name in ("beta", "moving_mean", "mean", "bias"):
        values = 0.4 * (u - 0.5)
    elif name == "alpha":
        values = 0.5 * u
    elif name == "count":
        values = 0 * u
    else:
        depthwise = layer_class.startswith("Depthwise") or name == "depthwise_kernel"
        fan = int(np.prod(shape[:2])) if depthwise else int(np.prod(shape)) // shape[-1]
        values = (2 * u - 1) * np.sqrt((3 if depthwise else 6) / max(fan, 1))
    return values.astype(np.float32).reshape(shape)


def leaf_weights(model, path=""):
    """Each weight of each layer that is no model, in Keras's order: (path, layer, name, variable)."""
    for layer in model.layers:
        if hasattr(layer, "layers") and not layer.__class__.__name__ in ("StackedRNNCells",):
            yield from leaf_weights(layer, f"{path}{layer.name}/")
        else:
            for variable in layer.weights:
                yield path + layer.name, layer, variable.name.split("/")[-1].split(":")[0], variable


def set_weights(model):
    seen = set()
    for index, (_, layer, name, variable) in enumerate(leaf_weights(model)):
        if id(variable) in seen:
            continue
        seen.add(id(variable))
        variable.assign(weight_values(index, name, layer.__class__.__name__, tuple(variable.shape)))
