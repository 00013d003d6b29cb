"""Ops of one or two tensors, element by element, and over an axis."""

import numpy as np

from flatbuffer_model import RANGES, Model, schema
from random_parts import (BYTES, INTEGERS, activation, case, choose, codes, quantization, same, scale, shape, spread, zero_point)

TYPE = {"int32": 2, "int64": 4, "float32": 0, "int8": 9, "uint8": 3, "int16": 7, "bool": 6}


def pair(rng, dtype, limits=None, q=None):
    """Two inputs whose shapes are the same or broadcast; the second may be a constant."""
    m = Model()
    dims = shape(rng, 1, 4)
    other = list(dims)
    if rng.integers(2):
        other = [size if rng.integers(2) else 1 for size in dims][int(rng.integers(len(dims))):]
    s1, z1 = q or quantization(rng, dtype)
    s2, z2 = q or quantization(rng, dtype)
    if s1 is not None and q is None:
        s2 = spread(rng, s1, 0.1, 10)
    a = m.input(dtype, dims, s1, z1, limits)
    b = m.input(dtype, other, s2, z2, limits)
    return (m, a, b, s1, s2) if rng.integers(2) else (m, b, a, s2, s1)


def fused(m, rng, kind, inputs, output, options, **fields):
    m.op(kind, inputs, [output], options, fusedActivationFunction=activation(rng), **fields)
    return m


def add_sub(rng, dtype, kind, options):
    powers = dtype == "int16" and rng.integers(2)
    q = (np.float32(2.0**-9), 0) if powers else None
    m, a, b, s1, s2 = pair(rng, dtype, q=q)
    s = q[0] if powers else (None if s1 is None else spread(rng, max(s1, s2), 0.8, 2))
    y = m.output(dtype, [], s, zero_point(rng, dtype) if s else 0)
    return fused(m, rng, kind, [a, b], y, options, potScaleInt16=bool(powers))


@case("int8", "uint8", "int16", "float32", "int32", weight=4)
def ADD(rng, dtype):
    return add_sub(rng, dtype, "ADD", "AddOptions")


@case("int8", "uint8", "int16", "float32", "int32", weight=4)
def SUB(rng, dtype):
    return add_sub(rng, dtype, "SUB", "SubOptions")


@case("int8", "uint8", "int16", "float32", "int32", weight=4)
def MUL(rng, dtype):
    m, a, b, s1, s2 = pair(rng, dtype)
    s = None if s1 is None else spread(rng, s1 * s2 * (32768 if dtype == "int16" else 100), 0.1, 2)
    y = m.output(dtype, [], s, zero_point(rng, dtype) if s else 0)
    return fused(m, rng, "MUL", [a, b], y, "MulOptions")


@case("uint8", "float32", "int32", weight=2)
def DIV(rng, dtype):
    limits = {"uint8": (10, 255), "float32": (0.5, 3), "int32": (1, 100)}[dtype]
    q = None
    m = Model()
    dims = shape(rng)
    s1, s2 = (scale(rng, dtype), scale(rng, dtype)) if dtype == "uint8" else (None, None)
    a = m.input(dtype, dims, s1, zero_point(rng, dtype) if s1 else 0)
    b = m.input(dtype, dims, s2, int(choose(rng, 0, 5)) if s1 else 0, limits)
    y = m.output(dtype, [], spread(rng, s1 / s2 / 30, 0.2, 5) if s1 else None, zero_point(rng, dtype) if s1 else 0)
    return fused(m, rng, "DIV", [a, b], y, "DivOptions")


@case("int8", "float32", "int32", weight=3)
def SQUARED_DIFFERENCE(rng, dtype):
    m, a, b, s1, s2 = pair(rng, dtype)
    y = m.output(dtype, [], spread(rng, max(s1, s2) ** 2 * 100, 0.2, 4) if s1 else None, zero_point(rng, dtype) if s1 else 0)
    m.op("SQUARED_DIFFERENCE", [a, b], [y], "SquaredDifferenceOptions")
    return m


def extreme(rng, dtype, kind):
    m, a, b, s, _ = pair(rng, dtype, q=quantization(rng, dtype) if dtype in RANGES else None)
    q = m.graph.tensors[a].quantization
    y = m.output(dtype, [], q.scale[0] if q else None, q.zeroPoint[0] if q else 0)
    m.op(kind, [a, b], [y], "MaximumMinimumOptions")
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def MAXIMUM(rng, dtype):
    return extreme(rng, dtype, "MAXIMUM")


@case("int8", "uint8", "int16", "float32", "int32")
def MINIMUM(rng, dtype):
    return extreme(rng, dtype, "MINIMUM")


@case("float32", "int32")
def FLOOR_DIV(rng, dtype):
    m, a, b, *_ = pair(rng, dtype, limits=(1, 90) if dtype == "int32" else (0.5, 9))
    m.op("FLOOR_DIV", [a, b], [m.output(dtype, [])], "FloorDivOptions")
    return m


@case("float32", "int32")
def FLOOR_MOD(rng, dtype):
    m, a, b, *_ = pair(rng, dtype, limits=(1, 90) if dtype == "int32" else (0.5, 9))
    m.op("FLOOR_MOD", [a, b], [m.output(dtype, [])], "FloorModOptions")
    return m


@case("int8", "uint8", "int16", "float32", "int32", weight=3)
def COMPARISON(rng, dtype):
    kind, options = choose(rng, ("EQUAL", "EqualOptions"), ("NOT_EQUAL", "NotEqualOptions"), ("GREATER", "GreaterOptions"),
                           ("GREATER_EQUAL", "GreaterEqualOptions"), ("LESS", "LessOptions"), ("LESS_EQUAL", "LessEqualOptions"))
    if dtype == "int16":
        kind, options = choose(rng, ("GREATER_EQUAL", "GreaterEqualOptions"), ("LESS", "LessOptions"), ("EQUAL", "EqualOptions"))
    m, a, b, *_ = pair(rng, dtype, limits=(-3, 3) if dtype == "int32" else None)
    for index in (a, b):
        # A scale of 1 and more shifts by a negative number, whose result C++ leaves open.
        if dtype in RANGES:
            m.graph.tensors[index].quantization.scale = [min(0.99, m.graph.tensors[index].quantization.scale[0])]
    m.op(kind, [a, b], [m.output("bool", [])], options)
    return m


@case("bool")
def LOGIC(rng, dtype):
    kind = choose(rng, "LOGICAL_AND", "LOGICAL_OR")
    m, a, b, *_ = pair(rng, dtype)
    m.op(kind, [a, b], [m.output("bool", [])], "LogicalAndOptions" if kind == "LOGICAL_AND" else "LogicalOrOptions")
    return m


def rescaled(rng, dtype, kind, options=None, low=0.3, high=3, limits=None, **fields):
    """An op of one tensor with its own output quantization."""
    m, x, dims, s, _ = same(rng, dtype, limits=limits)
    y = m.output(dtype, dims, spread(rng, s, low, high), zero_point(rng, dtype) if s is not None else 0)
    m.op(kind, [x], [y], options, **fields)
    return m


@case("int8", "uint8", "int16", "float32", weight=3)
def RELUS(rng, dtype):
    return rescaled(rng, dtype, choose(rng, "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1"))


@case("int8", "uint8", "int16", "float32", weight=3)
def LEAKY_RELU(rng, dtype):
    return rescaled(rng, dtype, "LEAKY_RELU", "LeakyReluOptions", alpha=float(rng.uniform(-0.5, 1.5)))


@case("int8", "uint8", "float32", weight=3)
def PRELU(rng, dtype):
    m = Model()
    dims = shape(rng, 4, 4)
    s, z = quantization(rng, dtype)
    x = m.input(dtype, dims, s, z)
    alpha_dims = [1, 1, dims[3]]
    if dtype == "float32":
        alpha = m.const(rng.standard_normal(alpha_dims).astype(np.float32))
    else:
        alpha = m.const(codes(rng, dtype, alpha_dims), dtype, scale(rng, dtype, -9, -6), zero_point(rng, dtype))
    y = m.output(dtype, dims, spread(rng, s), zero_point(rng, dtype) if s is not None else 0)
    m.op("PRELU", [x, alpha], [y])
    return m


@case("int8", "float32", weight=2)
def ELU(rng, dtype):
    return rescaled(rng, dtype, "ELU")


@case("int8", "uint8", "float32", weight=3)
def GELU(rng, dtype):
    return rescaled(rng, dtype, "GELU", "GeluOptions", approximate=bool(rng.integers(2)))


@case("int8", "uint8", "float32", weight=4)
def HARD_SWISH(rng, dtype):
    m, x, dims, s, _ = same(rng, dtype)
    y = m.output(dtype, dims, spread(rng, s, 0.5, 2), zero_point(rng, dtype) if s is not None else 0)
    m.op("HARD_SWISH", [x], [y], "HardSwishOptions")
    return m


@case("int8", "uint8", "int16", "float32", weight=3)
def LOGISTIC(rng, dtype):
    s, z = {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0)}.get(dtype, (None, 0))
    m, x, dims, *_ = same(rng, dtype)
    if dtype == "int16" and rng.integers(2):
        m.graph.tensors[x].quantization.scale = [2.0 ** -int(rng.integers(10, 14))]
    m.op("LOGISTIC", [x], [m.output(dtype, dims, s, z)])
    return m


@case("int8", "uint8", "int16", "float32", weight=3)
def TANH(rng, dtype):
    s, z = {"int8": (1 / 128, 0), "uint8": (1 / 128, 128), "int16": (1 / 32768, 0)}.get(dtype, (None, 0))
    m, x, dims, *_ = same(rng, dtype)
    if dtype == "int16" and rng.integers(2):
        m.graph.tensors[x].quantization.scale = [2.0 ** -int(rng.integers(10, 14))]
    m.op("TANH", [x], [m.output(dtype, dims, s, z)])
    return m


@case("int8", "int16", "float32", weight=2)
def EXP(rng, dtype):
    m, x, dims, s, _ = same(rng, dtype)
    m.op("EXP", [x], [m.output(dtype, dims, scale(rng, dtype, -6, 0) if s else None, zero_point(rng, dtype) if s else 0)], "ExpOptions")
    return m


@case("int8", "int16", "float32", weight=2)
def LOG(rng, dtype):
    m, x, dims, s, _ = same(rng, dtype, limits=(0.1, 5) if dtype == "float32" else None)
    m.op("LOG", [x], [m.output(dtype, dims, scale(rng, dtype, -6, -3) if s else None, zero_point(rng, dtype) if s else 0)])
    return m


def positive(rng, dtype, kind):
    """SQRT and RSQRT refuse values below zero."""
    m = Model()
    dims = shape(rng)
    s, z = quantization(rng, dtype)
    x = m.input(dtype, dims, s, z, (0.1, 5) if s is None else (z, RANGES[dtype][1]))
    y = m.output(dtype, dims, scale(rng, dtype, -7, -3) if s else None, zero_point(rng, dtype) if s else 0)
    m.op(kind, [x], [y])
    return m


@case("int8", "int16", "float32", weight=2)
def SQRT(rng, dtype):
    return positive(rng, dtype, "SQRT")


@case("int8", "int16", "float32", weight=2)
def RSQRT(rng, dtype):
    return positive(rng, dtype, "RSQRT")


@case("int8", "int16", "float32", weight=2)
def ABS(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    out = (s, z) if rng.integers(2) or s is None else (spread(rng, s), zero_point(rng, dtype))
    m.op("ABS", [x], [m.output(dtype, dims, *out)], "AbsOptions")
    return m


@case("int8", "int16", "float32", "int32")
def NEG(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    m.op("NEG", [x], [m.output(dtype, dims, s, z)], "NegOptions")
    return m


@case("float32", weight=2)
def FLOAT_UNARY(rng, dtype):
    kind, options = choose(rng, ("SQUARE", "SquareOptions"), ("SIN", None), ("COS", "CosOptions"), ("FLOOR", None), ("CEIL", None), ("ROUND", None))
    m, x, dims, *_ = same(rng, dtype)
    m.op(kind, [x], [m.output(dtype, dims)], options)
    return m


@case("int8", "uint8", "int16", "float32", weight=4)
def SOFTMAX(rng, dtype):
    s, z = {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0)}.get(dtype, (None, 0))
    m, x, dims, *_ = same(rng, dtype, shape(rng, 1, 4, 12))
    m.op("SOFTMAX", [x], [m.output(dtype, dims, s, z)], "SoftmaxOptions", beta=float(choose(rng, 1.0, 1.0, rng.uniform(0.1, 3))))
    return m


@case("int8", "uint8", "float32", weight=4)
def LOG_SOFTMAX(rng, dtype):
    s, z = {"int8": (16 / 256, 127), "uint8": (16 / 256, 255)}.get(dtype, (None, 0))
    m, x, dims, *_ = same(rng, dtype, shape(rng, 1, 4, 12))
    m.op("LOG_SOFTMAX", [x], [m.output(dtype, dims, s, z)], "LogSoftmaxOptions")
    return m


@case("int8", "uint8", "float32", weight=4)
def L2_NORMALIZATION(rng, dtype):
    s, z = {"int8": (1 / 128, 0), "uint8": (1 / 128, 128)}.get(dtype, (None, 0))
    m, x, dims, *_ = same(rng, dtype, shape(rng, 2, 4, 12))
    m.op("L2_NORMALIZATION", [x], [m.output(dtype, dims, s, z)], "L2NormOptions")
    return m


@case(*INTEGERS, weight=2)
def QUANTIZE(rng, dtype):
    m = Model()
    dims = shape(rng)
    x = m.input("float32", dims)
    m.op("QUANTIZE", [x], [m.output(dtype, dims, *quantization(rng, dtype))], "QuantizeOptions")
    return m


@case(*INTEGERS, weight=3)
def REQUANTIZE(rng, dtype):
    m, x, dims, s, _ = same(rng, dtype)
    other = choose(rng, "int8", "uint8", dtype) if dtype != "int16" else choose(rng, "int8", "int16")
    factor = {("int16", "int8"): 256, ("int8", "int16"): 1 / 256}.get((dtype, other), 1)
    out = s if rng.integers(4) == 0 else spread(rng, s * factor)
    m.op("QUANTIZE", [x], [m.output(other, dims, out, zero_point(rng, other))], "QuantizeOptions")
    return m


@case(*INTEGERS, weight=2)
def DEQUANTIZE(rng, dtype):
    m, x, dims, *_ = same(rng, dtype)
    m.op("DEQUANTIZE", [x], [m.output("float32", dims)], "DequantizeOptions")
    return m


@case("int8", "uint8", "int16", "int32", "int64", "float32", "bool", weight=2)
def CAST(rng, dtype):
    m = Model()
    dims = shape(rng)
    other = choose(rng, "int8", "uint8", "int16", "int32", "int64", "float32", "bool")
    x = m.input(dtype, dims, limits=(0, 1000) if dtype == "float32" and other in ("uint8", "int8", "int16") else None)
    m.op("CAST", [x], [m.output(other, dims)], "CastOptions", inDataType=TYPE[dtype], outDataType=TYPE[other])
    return m
