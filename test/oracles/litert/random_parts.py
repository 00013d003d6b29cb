"""Random parts of models: scales, zero points (often at an end), shapes, weights."""

import numpy as np

from flatbuffer_model import RANGES, Model

ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3}
BYTES = ("int8", "uint8")
INTEGERS = ("int8", "uint8", "int16")

CASES = []


def case(*types, weight=1):
    """Registers a maker `make(rng, dtype) -> Model` for each type; `weight`: its share of the sweep."""
    def register(make):
        for dtype in types:
            CASES.append((make.__name__.rstrip("_"), dtype, make, weight))
        return make
    return register


def choose(rng, *options):
    return options[rng.integers(len(options))]


def zero_point(rng, dtype):
    if dtype == "int16":
        return 0
    low, high = RANGES[dtype]
    return int(choose(rng, low, high, (low + high + 1) // 2, *rng.integers(low, high + 1, 3)))


def scale(rng, dtype, low=-8, high=1):
    """Log-uniform; int16 codes are 256 times finer."""
    return np.float32(2.0 ** rng.uniform(low, high) / (256 if dtype == "int16" else 1))


def quantization(rng, dtype):
    return (scale(rng, dtype), zero_point(rng, dtype)) if dtype in RANGES else (None, 0)


def spread(rng, x, low=0.3, high=3):
    """An output scale whose reals are `low` to `high` times those that scale x gives."""
    return None if x is None else np.float32(x * 2.0 ** rng.uniform(np.log2(low), np.log2(high)))


def shape(rng, low=1, high=4, most=6):
    return [int(n) for n in rng.integers(1, most + 1, rng.integers(low, high + 1))]


def activation(rng):
    return ACTIVATIONS[choose(rng, "NONE", "NONE", "RELU", "RELU6", "RELU_N1_TO_1")]


def same(rng, dtype, dims=None, limits=None):
    """A model with an input, and the quantization that its output shares."""
    model = Model()
    dims = dims or shape(rng)
    s, z = quantization(rng, dtype)
    return model, model.input(dtype, dims, s, z, limits), dims, s, z


def codes(rng, dtype, dims, narrow=False):
    low, high = RANGES[dtype]
    return rng.integers(low + (1 if narrow else 0), high + 1, dims)
