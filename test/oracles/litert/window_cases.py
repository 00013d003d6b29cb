"""Convolutions, dense layers, matrix products and pooling: integer, float, dynamic range, float16 weights."""

import numpy as np

from flatbuffer_model import RANGES, Model
from random_parts import activation, case, choose, codes, quantization, scale, zero_point

BIAS_TYPES = {"int16": "int64"}


def weights_of(rng, m, dtype, dims, channels, axis):
    """Weights in the type that belongs to activations of `dtype`, per channel often. Returns index, scales, codes less zero point."""
    if dtype == "uint8":
        s, z = scale(rng, "int8", -10, -4), zero_point(rng, "uint8")
        w = codes(rng, "uint8", dims)
        return m.const(w, "uint8", s, z), np.full(channels, s), w - z
    kind = choose(rng, "int8", "int8", "int8", "int4") if dtype == "int8" else "int8"
    count = choose(rng, 1, channels, channels)
    s = np.float32(2.0 ** rng.uniform(-10, -4, count))
    w = codes(rng, kind, dims, True)
    return m.const(w, kind, s, 0, axis if count > 1 else 0), np.broadcast_to(s, (channels,)), w


def bias_of(rng, m, dtype, products, spread, wide=None):
    """int32 or int64 bias at the accumulator's scale; `spread` bounds its codes."""
    kind = wide or BIAS_TYPES.get(dtype, "int32")
    b = rng.integers(-spread, spread + 1, len(products))
    per_tensor = len(set(map(float, products))) == 1
    s = np.asarray(products[:1] if per_tensor else products, np.float32)
    return m.const(b.astype(kind), kind, s, 0)


def output_scale(rng, s_in, s_w, taps, dtype):
    """Such that ordinary sums fill the codes: some saturate."""
    sigma = float(s_in) * float(np.mean(s_w)) * np.sqrt(taps) * 74 * (74 if dtype != "int16" else 74 * 256)
    return np.float32(sigma * 2.0 ** rng.uniform(-7.5, -4.5) / (256 if dtype == "int16" else 1))


def window(rng):
    return {
        "padding": int(rng.integers(2)), "strideH": int(rng.integers(1, 4)), "strideW": int(rng.integers(1, 4)),
        "fusedActivationFunction": activation(rng),
    }


@case("int8", "uint8", "int16", weight=12)
def CONV_2D(rng, dtype):
    m = Model()
    groups = int(choose(rng, 1, 1, 1, 2)) if dtype == "int8" else 1
    depth, channels = int(rng.integers(1, 10)), groups * int(rng.integers(1, 9))
    kh, kw = rng.integers(1, 4, 2)
    dims = [int(rng.integers(1, 3)), int(rng.integers(5, 9)), int(rng.integers(5, 9)), depth * groups]
    s_in, z_in = quantization(rng, dtype)
    x = m.input(dtype, dims, s_in, z_in)
    w, s_w, _ = weights_of(rng, m, dtype, (channels, kh, kw, depth), channels, 0)
    products = s_in * s_w
    narrow = dtype == "int16" and rng.integers(3) == 0
    b = bias_of(rng, m, dtype, products, 20000, "int32" if narrow else None)
    options = window(rng)
    # LiteRT's uint8 kernel checks the bias scale, and dilates with stride 1 alone.
    dilation = (1, 1) if dtype == "uint8" or rng.integers(2) else tuple(int(d) for d in rng.integers(1, 3, 2))
    if dilation != (1, 1):
        options.update(strideH=1, strideW=1)
    if narrow:
        options["quantizedBiasType"] = 2
    y = m.output(dtype, [], output_scale(rng, s_in, s_w, kh * kw * depth, dtype), zero_point(rng, dtype))
    m.op("CONV_2D", [x, w, b], [y], "Conv2DOptions", dilationHFactor=dilation[0], dilationWFactor=dilation[1], **options)
    return m


@case("int8", "uint8", "int16", weight=10)
def DEPTHWISE_CONV_2D(rng, dtype):
    m = Model()
    depth, multiplier = int(rng.integers(1, 10)), int(choose(rng, 1, 1, 2, 3))
    channels = depth * multiplier
    kh, kw = rng.integers(1, 5, 2)
    dims = [int(rng.integers(1, 3)), int(rng.integers(5, 9)), int(rng.integers(5, 9)), depth]
    s_in, z_in = quantization(rng, dtype)
    x = m.input(dtype, dims, s_in, z_in)
    w, s_w, _ = weights_of(rng, m, dtype, (1, kh, kw, channels), channels, 3)
    b = bias_of(rng, m, dtype, s_in * s_w, 5000) if rng.integers(4) else -1
    options = window(rng)
    dilation = (1, 1) if rng.integers(2) else tuple(int(d) for d in rng.integers(1, 3, 2))
    if dilation != (1, 1):
        options.update(strideH=1, strideW=1)
    elif rng.integers(2):
        options["strideW"] = options["strideH"]
    y = m.output(dtype, [], output_scale(rng, s_in, s_w, kh * kw, dtype), zero_point(rng, dtype))
    m.op("DEPTHWISE_CONV_2D", [x, w, b] if b >= 0 else [x, w], [y], "DepthwiseConv2DOptions", depthMultiplier=multiplier,
         dilationHFactor=dilation[0], dilationWFactor=dilation[1], **options)
    return m


@case("int8", "uint8", "int16", weight=8)
def TRANSPOSE_CONV(rng, dtype):
    m = Model()
    depth, channels = rng.integers(1, 7, 2)
    kh, kw = (int(k) for k in rng.integers(1, 4, 2))
    n, h, w_ = int(rng.integers(1, 3)), int(rng.integers(2, 6)), int(rng.integers(2, 6))
    options = window(rng)
    same_padding = options["padding"] == 0
    out = [n] + [size * s if same_padding else (size - 1) * s + max(k, 1)
                 for size, s, k in ((h, options["strideH"], kh), (w_, options["strideW"], kw))] + [int(channels)]
    s_in, z_in = quantization(rng, dtype)
    target = m.const(np.int32(out))
    x = m.input(dtype, [n, h, w_, depth], s_in, z_in)
    w, s_w, _ = weights_of(rng, m, "int8x" if dtype == "int8" else dtype, (channels, kh, kw, depth), channels, 0)
    narrow = dtype == "int16" and rng.integers(3) == 0
    if narrow:
        options["quantizedBiasType"] = 2
    inputs = [target, w, x]
    if rng.integers(3):
        inputs.append(bias_of(rng, m, dtype, s_in * s_w, 20000, "int32" if narrow else None))
    y = m.output(dtype, [], output_scale(rng, s_in, s_w, kh * kw * depth / 2, dtype), zero_point(rng, dtype))
    m.op("TRANSPOSE_CONV", inputs, [y], "TransposeConvOptions", version=4, **options)
    return m


@case("int8", "uint8", "int16", weight=10)
def FULLY_CONNECTED(rng, dtype):
    m = Model()
    depth, units, rows = (int(n) for n in rng.integers(1, 40, 3))
    rows = min(rows, 5)
    keep = bool(rng.integers(2))
    dims = [rows, 2, depth] if keep else [rows, depth]
    s_in, z_in = quantization(rng, dtype)
    x = m.input(dtype, dims, s_in, z_in)
    if dtype == "int16" and rng.integers(4) == 0:
        s = scale(rng, "int8", -12, -8)
        w, s_w = m.const(rng.integers(-3000, 3000, (units, depth)), "int16", s), np.full(units, s)
    elif dtype == "int8" and rng.integers(4) == 0:
        s, z = scale(rng, "int8", -10, -4), zero_point(rng, "int8")
        w, s_w = m.const(codes(rng, "int8", (units, depth)), "int8", s, z), np.full(units, s)
    else:
        w, s_w, _ = weights_of(rng, m, dtype, (units, depth), units, 0)
    b = bias_of(rng, m, dtype, s_in * s_w, 20000) if rng.integers(4) else -1
    y = m.output(dtype, [], output_scale(rng, s_in, s_w, depth, dtype), zero_point(rng, dtype))
    bias_type = 4 if dtype == "int16" and rng.integers(2) else 0
    m.op("FULLY_CONNECTED", [x, w, b], [y], "FullyConnectedOptions", fusedActivationFunction=activation(rng), keepNumDims=keep,
         quantizedBiasType=bias_type)
    return m


@case("int8", "int16", weight=6)
def BATCH_MATMUL(rng, dtype):
    m = Model()
    rows, depth, columns = (int(n) for n in rng.integers(1, 12, 3))
    batch = choose(rng, [], [2], [2, 3])
    other = choose(rng, batch, [1] * len(batch))
    adj_x, adj_y = bool(rng.integers(2)), bool(rng.integers(2))
    s1, z1 = quantization(rng, dtype)
    s2, z2 = quantization(rng, dtype)
    x = m.input(dtype, batch + ([depth, rows] if adj_x else [rows, depth]), s1, z1)
    dims = other + ([columns, depth] if adj_y else [depth, columns])
    y = m.const(codes(rng, dtype, dims), dtype, s2, z2) if rng.integers(2) else m.input(dtype, dims, s2, z2)
    out = m.output(dtype, [], output_scale(rng, s1, [s2 * (256 if dtype == "int16" else 1)], depth, dtype), zero_point(rng, dtype))
    m.op("BATCH_MATMUL", [x, y], [out], "BatchMatMulOptions", adjX=adj_x, adjY=adj_y)
    return m


def pool(rng, dtype, kind):
    m = Model()
    dims = [int(rng.integers(1, 3)), int(rng.integers(3, 9)), int(rng.integers(3, 9)), int(rng.integers(1, 9))]
    s, z = quantization(rng, dtype)
    x = m.input(dtype, dims, s, z)
    y = m.output(dtype, [], s, z)
    options = window(rng)
    filters = {"filterHeight": int(rng.integers(1, 4)), "filterWidth": int(rng.integers(1, 4))}
    m.op(kind, [x], [y], "Pool2DOptions", **filters, **options)
    return m


@case("int8", "uint8", "int16", "float32", weight=3)
def AVERAGE_POOL_2D(rng, dtype):
    return pool(rng, dtype, "AVERAGE_POOL_2D")


@case("int8", "uint8", "int16", "float32", weight=3)
def MAX_POOL_2D(rng, dtype):
    return pool(rng, dtype, "MAX_POOL_2D")


def float_weights(rng, m, dims, kind, axis):
    """float32, float16 through DEQUANTIZE, or int8 (dynamic range)."""
    if kind == "int8":
        # The depthwise kernel reads a scale a channel, whether or not there is one.
        count = dims[axis] if axis == 3 else choose(rng, 1, dims[axis])
        return m.const(codes(rng, "int8", dims, True), "int8", np.float32(2.0 ** rng.uniform(-9, -5, count)), 0, axis if count > 1 else 0)
    values = rng.standard_normal(dims).astype(np.float32)
    if kind == "float32":
        return m.const(values)
    half = m.const(values.astype(np.float16))
    real = m.tensor("float32", dims)
    m.op("DEQUANTIZE", [half], [real], "DequantizeOptions")
    return real


@case("float32", "float16", "int8", weight=4)
def FLOAT_CONV_2D(rng, kind):
    m = Model()
    depth, channels, kh, kw = int(rng.integers(1, 6)), int(rng.integers(1, 9)), *rng.integers(1, 4, 2)
    x = m.input("float32", [int(rng.integers(1, 3)), 6, 5, depth])
    w = float_weights(rng, m, (channels, int(kh), int(kw), depth), kind, 0)
    b = m.const(rng.standard_normal(channels).astype(np.float32))
    y = m.output("float32", [])
    m.op("CONV_2D", [x, w, b], [y], "Conv2DOptions", dilationHFactor=1, dilationWFactor=1, **window(rng))
    return m


@case("float32", "float16", "int8", weight=4)
def FLOAT_DEPTHWISE_CONV_2D(rng, kind):
    m = Model()
    depth, multiplier, kh, kw = int(rng.integers(1, 6)), int(rng.integers(1, 3)), *rng.integers(1, 4, 2)
    x = m.input("float32", [int(rng.integers(1, 3)), 6, 5, depth])
    w = float_weights(rng, m, (1, int(kh), int(kw), depth * multiplier), kind, 3)
    b = m.const(rng.standard_normal(depth * multiplier).astype(np.float32))
    y = m.output("float32", [])
    m.op("DEPTHWISE_CONV_2D", [x, w, b], [y], "DepthwiseConv2DOptions", depthMultiplier=multiplier, dilationHFactor=1,
         dilationWFactor=1, **window(rng))
    return m


@case("float32", "float16", "int8", weight=5)
def FLOAT_FULLY_CONNECTED(rng, kind):
    m = Model()
    depth, units = (int(n) for n in rng.integers(1, 40, 2))
    x = m.input("float32", [int(rng.integers(1, 4)), depth])
    w = float_weights(rng, m, (units, depth), kind, 0)
    b = m.const(rng.standard_normal(units).astype(np.float32)) if rng.integers(4) else -1
    y = m.output("float32", [])
    m.op("FULLY_CONNECTED", [x, w, b], [y], "FullyConnectedOptions", fusedActivationFunction=activation(rng),
         asymmetricQuantizeInputs=bool(rng.integers(2)))
    return m


@case("float32", "int8", weight=3)
def FLOAT_BATCH_MATMUL(rng, kind):
    m = Model()
    rows, depth, columns = (int(n) for n in rng.integers(1, 12, 3))
    batch = choose(rng, [], [2], [2, 3])
    adj_y = bool(rng.integers(2))
    x = m.input("float32", batch + [rows, depth])
    dims = batch + ([columns, depth] if adj_y else [depth, columns])
    w = m.const(codes(rng, "int8", dims, True), "int8", scale(rng, "int8", -9, -5)) if kind == "int8" else m.input("float32", dims)
    y = m.output("float32", [])
    m.op("BATCH_MATMUL", [x, w], [y], "BatchMatMulOptions", adjX=False, adjY=adj_y, asymmetricQuantizeInputs=bool(rng.integers(2)))
    return m


@case("float32", weight=3)
def FLOAT_TRANSPOSE_CONV(rng, kind):
    m = Model()
    depth, channels, stride = int(rng.integers(1, 5)), int(rng.integers(1, 5)), int(rng.integers(1, 3))
    target = m.const(np.int32([1, 4 * stride, 4 * stride, channels]))
    x = m.input("float32", [1, 4, 4, depth])
    w = m.const(rng.standard_normal((channels, 3, 3, depth)).astype(np.float32))
    b = m.const(rng.standard_normal(channels).astype(np.float32))
    y = m.output("float32", [])
    m.op("TRANSPOSE_CONV", [target, w, x, b], [y], "TransposeConvOptions", version=3, padding=0, strideH=stride, strideW=stride)
    return m
