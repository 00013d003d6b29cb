"""Subgraphs that run where a bool says so: IF and WHILE."""

import numpy as np

from flatbuffer_model import Model
from random_parts import case, choose, codes, quantization, shape


def values(rng, dtype, dims):
    return rng.standard_normal(dims).astype(np.float32) if dtype == "float32" else codes(rng, dtype, dims)


def combined(rng, m, dtype, dims, s, z, x):
    """The input and a constant summed or multiplied, with the input's scale."""
    kind = choose(rng, "ADD", "MUL", "SUB")
    fields = {} if kind == "MUL" else {"potScaleInt16": False}
    y = m.output(dtype, dims, s, z)
    m.op(kind, [x, m.const(values(rng, dtype, dims), dtype, s, z)], [y], kind.title() + "Options", fusedActivationFunction=0, **fields)


@case("int8", "uint8", "float32")
def IF(rng, dtype):
    """Which branch runs depends on the sign of a number."""
    m = Model()
    dims = shape(rng)
    s, z = quantization(rng, dtype)
    number = m.input("float32", [], limits=(-1, 1))
    x = m.input(dtype, dims, s, z)
    condition = m.tensor("bool", [])
    m.op("GREATER", [number, m.const(np.float32(0))], [condition], "GreaterOptions")
    m.op("IF", [condition, x], [m.output(dtype, dims, s, z)], "IfOptions", thenSubgraphIndex=1, elseSubgraphIndex=2)
    for name in "then", "else":
        m.subgraph(name)
        combined(rng, m, dtype, dims, s, z, m.input(dtype, dims, s, z))
    return m


@case("int8", "uint8", "float32")
def WHILE(rng, dtype):
    """A few turns that each change the values; sometimes none."""
    m = Model()
    dims = shape(rng)
    s, z = quantization(rng, dtype)
    start = m.input("int32", [], limits=(0, 5))
    x = m.input(dtype, dims, s, z)
    outputs = [m.output("int32", []), m.output(dtype, dims, s, z)]
    m.op("WHILE", [start, x], outputs, "WhileOptions", condSubgraphIndex=1, bodySubgraphIndex=2)
    m.subgraph("condition")
    counter = m.input("int32", [])
    m.input(dtype, dims, s, z)
    m.op("LESS", [counter, m.const(np.int32(4))], [m.output("bool", [])], "LessOptions")
    m.subgraph("body")
    counter, x = m.input("int32", []), m.input(dtype, dims, s, z)
    m.op("ADD", [counter, m.const(np.int32(1))], [m.output("int32", [])], "AddOptions", fusedActivationFunction=0, potScaleInt16=False)
    combined(rng, m, dtype, dims, s, z, x)
    return m
