"""Reductions, and ops that move elements."""

import numpy as np

from flatbuffer_model import RANGES, Model
from random_parts import case, choose, quantization, same, shape, spread, zero_point

MOVED = ("int8", "uint8", "int16", "float32", "int32")
TYPE = {"int32": 2, "int64": 4}


def reduction(rng, dtype, kind, same_scale=False):
    m, x, dims, s, z = same(rng, dtype, shape(rng, 1, 4, 7))
    count = int(rng.integers(1, len(dims) + 1))
    axes = rng.permutation(len(dims))[:count]
    axes = np.int32([a - len(dims) if rng.integers(2) else a for a in axes])
    y = m.output(dtype, [], s if same_scale else spread(rng, s, 0.3, 3), z if same_scale or s is None else zero_point(rng, dtype))
    m.op(kind, [x, m.const(axes)], [y], "ReducerOptions", keepDims=bool(rng.integers(2)))
    return m


@case("int8", "uint8", "int16", "float32", "int32", weight=4)
def MEAN(rng, dtype):
    return reduction(rng, dtype, "MEAN")


# int16: the reference kernel reads bytes and leaves half of its output unset.
@case("int8", "uint8", "float32", "int32", weight=2)
def SUM(rng, dtype):
    return reduction(rng, dtype, "SUM")


@case("int8", "uint8", "int16", "float32", "int32")
def REDUCE_MAX(rng, dtype):
    return reduction(rng, dtype, "REDUCE_MAX", True)


@case("int8", "uint8", "int16", "float32", "int32")
def REDUCE_MIN(rng, dtype):
    return reduction(rng, dtype, "REDUCE_MIN", True)


@case("int8", "uint8", "float32", "int32")
def ARGS(rng, dtype):
    m, x, dims, *_ = same(rng, dtype)
    kind = choose(rng, "ARG_MAX", "ARG_MIN")
    wide = choose(rng, "int32", "int64")
    axis = m.const(np.int32(rng.integers(-len(dims), len(dims))))
    m.op(kind, [x, axis], [m.output(wide, [])], "ArgMaxOptions" if kind == "ARG_MAX" else "ArgMinOptions", outputType=TYPE[wide])
    return m


@case("float32", "int32")
def CUMSUM(rng, dtype):
    m, x, dims, *_ = same(rng, dtype)
    axis = m.const(np.int32(rng.integers(-len(dims), len(dims))))
    m.op("CUMSUM", [x, axis], [m.output(dtype, dims)], "CumsumOptions", exclusive=bool(rng.integers(2)), reverse=bool(rng.integers(2)))
    return m


@case("int8", "uint8", "int16", "float32", weight=2)
def CONCATENATION(rng, dtype):
    m = Model()
    dims = shape(rng, 1, 4)
    axis = int(rng.integers(len(dims)))
    s, z = quantization(rng, dtype)
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        part = list(dims)
        part[axis] = int(rng.integers(1, 5))
        other = (spread(rng, s), zero_point(rng, dtype)) if dtype == "uint8" and rng.integers(2) else (s, z)
        parts.append(m.input(dtype, part, *other))
    m.op("CONCATENATION", parts, [m.output(dtype, [], s, z)], "ConcatenationOptions", axis=axis - (len(dims) if rng.integers(2) else 0))
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def PACK(rng, dtype):
    m = Model()
    dims = shape(rng, 0, 3)
    s, z = quantization(rng, dtype)
    count = int(rng.integers(1, 4))
    parts = [m.input(dtype, dims, s, z) for _ in range(count)]
    m.op("PACK", parts, [m.output(dtype, [], s, z)], "PackOptions", valuesCount=count, axis=int(rng.integers(len(dims) + 1)))
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def UNPACK(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    axis = int(rng.integers(len(dims)))
    m.op("UNPACK", [x], [m.output(dtype, [], s, z) for _ in range(dims[axis])], "UnpackOptions", num=dims[axis], axis=axis)
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def SPLIT(rng, dtype):
    count = int(rng.integers(1, 4))
    dims = shape(rng)
    axis = int(rng.integers(len(dims)))
    dims[axis] *= count
    m, x, dims, s, z = same(rng, dtype, dims)
    m.op("SPLIT", [m.const(np.int32(axis)), x], [m.output(dtype, [], s, z) for _ in range(count)], "SplitOptions", numSplits=count)
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def SPLIT_V(rng, dtype):
    sizes = [int(n) for n in rng.integers(1, 4, rng.integers(1, 4))]
    dims = shape(rng)
    axis = int(rng.integers(len(dims)))
    dims[axis] = sum(sizes)
    m, x, dims, s, z = same(rng, dtype, dims)
    given = np.int32(sizes)
    if rng.integers(2):
        given[int(rng.integers(len(sizes)))] = -1
    m.op("SPLIT_V", [x, m.const(given), m.const(np.int32(axis))], [m.output(dtype, [], s, z) for _ in sizes], "SplitVOptions", numSplits=len(sizes))
    return m


@case(*MOVED)
def RESHAPES(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    kind = choose(rng, "RESHAPE", "SQUEEZE", "EXPAND_DIMS")
    if kind == "RESHAPE":
        target = np.int32([-1, dims[0]])
        m.op(kind, [x, m.const(target)], [m.output(dtype, [int(np.prod(dims)) // dims[0], dims[0]], s, z)], "ReshapeOptions", newShape=target.tolist())
    elif kind == "SQUEEZE":
        m.op(kind, [x], [m.output(dtype, [], s, z)], "SqueezeOptions", squeezeDims=[i for i, n in enumerate(dims) if n == 1 and rng.integers(2)])
    else:
        m.op(kind, [x, m.const(np.int32(rng.integers(-len(dims) - 1, len(dims) + 1)))], [m.output(dtype, [], s, z)], "ExpandDimsOptions")
    return m


@case(*MOVED)
def TRANSPOSE(rng, dtype):
    m, x, dims, s, z = same(rng, dtype, shape(rng, 1, 5))
    m.op("TRANSPOSE", [x, m.const(np.int32(rng.permutation(len(dims))))], [m.output(dtype, [], s, z)], "TransposeOptions")
    return m


@case(*MOVED)
def PAD(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    pads = m.const(rng.integers(0, 3, (len(dims), 2)).astype(choose(rng, np.int32, np.int64)))
    m.op("PAD", [x, pads], [m.output(dtype, [], s, z)], "PadOptions")
    return m


@case(*MOVED)
def PADV2(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    pads = m.const(rng.integers(0, 3, (len(dims), 2)).astype(np.int32))
    fill = m.const(np.array([rng.integers(0, 100)]).astype(dtype), dtype, s, z)
    m.op("PADV2", [x, pads, fill], [m.output(dtype, [], s, z)], "PadV2Options")
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def MIRROR_PAD(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    mode = int(rng.integers(2))
    pads = m.const(np.int32([[rng.integers(0, n + mode), rng.integers(0, n + mode)] for n in dims]))
    m.op("MIRROR_PAD", [x, pads], [m.output(dtype, [], s, z)], "MirrorPadOptions", mode=mode)
    return m


@case(*MOVED)
def TILE(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    m.op("TILE", [x, m.const(rng.integers(1, 4, len(dims)).astype(np.int32))], [m.output(dtype, [], s, z)], "TileOptions")
    return m


@case(*MOVED)
def BROADCAST_TO(rng, dtype):
    dims = shape(rng)
    part = [size if rng.integers(2) else 1 for size in dims][int(rng.integers(len(dims))):]
    m, x, _, s, z = same(rng, dtype, part)
    m.op("BROADCAST_TO", [x, m.const(np.int32(dims))], [m.output(dtype, [], s, z)], "BroadcastToOptions", version=2)
    return m


@case(*MOVED)
def SLICE(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    begin = np.int32([rng.integers(0, n) for n in dims])
    size = np.int32([choose(rng, -1, rng.integers(1, n - b + 1)) for n, b in zip(dims, begin)])
    m.op("SLICE", [x, m.const(begin), m.const(size)], [m.output(dtype, [], s, z)], "SliceOptions")
    return m


@case(*MOVED, weight=2)
def STRIDED_SLICE(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    strides = np.int32([choose(rng, 1, 1, 2, -1, -2) for _ in dims])
    begin = np.int32([rng.integers(-n, n) for n in dims])
    end = np.int32([rng.integers(-n, n + 2) for n in dims])
    bits = 2 ** len(dims)
    shrink = int(rng.integers(bits)) & int(rng.integers(bits)) & int(rng.integers(bits))
    for axis in range(len(dims)):
        if shrink >> axis & 1:
            strides[axis] = 1
            begin[axis] %= dims[axis]
            end[axis] = begin[axis] + 1
    masks = {"beginMask": int(rng.integers(bits)) & ~shrink, "endMask": int(rng.integers(bits)) & ~shrink, "shrinkAxisMask": shrink}
    if shrink == 0 and rng.integers(4) == 0:
        masks["newAxisMask"] = 1 << int(rng.integers(len(dims)))
    m.op("STRIDED_SLICE", [x, m.const(begin), m.const(end), m.const(strides)], [m.output(dtype, [], s, z)], "StridedSliceOptions", **masks)
    return m


@case(*MOVED)
def GATHER(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    axis = int(rng.integers(len(dims)))
    picks = m.const(rng.integers(0, dims[axis], shape(rng, 1, 2)).astype(choose(rng, np.int32, np.int64)))
    m.op("GATHER", [x, picks], [m.output(dtype, [], s, z)], "GatherOptions", axis=axis, batchDims=0)
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def GATHER_ND(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    depth = int(rng.integers(1, len(dims) + 1))
    picks = np.stack([rng.integers(0, n, 3) for n in dims[:depth]], -1).astype(np.int32)
    m.op("GATHER_ND", [x, m.const(picks)], [m.output(dtype, [], s, z)], "GatherNdOptions")
    return m


@case("int8", "uint8", "float32", "int32")
def SPACE_DEPTH(rng, dtype):
    block, [n, h, w, c] = int(rng.integers(1, 4)), (int(k) for k in rng.integers(1, 4, 4))
    down = rng.integers(2)
    m, x, _, s, z = same(rng, dtype, [n, h * block, w * block, c] if down else [n, h, w, c * block * block])
    m.op("SPACE_TO_DEPTH" if down else "DEPTH_TO_SPACE", [x], [m.output(dtype, [], s, z)], "SpaceToDepthOptions" if down else "DepthToSpaceOptions", blockSize=block)
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def SPACE_TO_BATCH_ND(rng, dtype):
    block = rng.integers(1, 4, 2)
    dims = [int(n) for n in rng.integers(2, 6, 4)]
    pads = rng.integers(0, 3, (2, 2))
    for i in range(2):
        pads[i, 1] += -(dims[1 + i] + pads[i].sum()) % block[i]
    m, x, _, s, z = same(rng, dtype, dims)
    m.op("SPACE_TO_BATCH_ND", [x, m.const(np.int32(block)), m.const(np.int32(pads))], [m.output(dtype, [], s, z)], "SpaceToBatchNDOptions")
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def BATCH_TO_SPACE_ND(rng, dtype):
    block = rng.integers(1, 4, 2)
    crops = rng.integers(0, 2, (2, 2))
    m, x, _, s, z = same(rng, dtype, [int(2 * block.prod()), *(int(n) for n in rng.integers(3, 6, 2)), 2])
    m.op("BATCH_TO_SPACE_ND", [x, m.const(np.int32(block)), m.const(np.int32(crops))], [m.output(dtype, [], s, z)], "BatchToSpaceNDOptions")
    return m


def resize(rng, dtype, kind, options):
    dims = [int(n) for n in rng.integers(1, 7, 4)]
    m, x, _, s, z = same(rng, dtype, dims)
    align, half = choose(rng, (False, False), (True, False), (False, True))
    size = rng.integers(1, 12, 2)
    m.op(kind, [x, m.const(np.int32(size))], [m.output(dtype, [], s, z)], options, version=3, alignCorners=align, halfPixelCenters=half)
    return m


@case("int8", "uint8", "int16", "float32", weight=3)
def RESIZE_BILINEAR(rng, dtype):
    return resize(rng, dtype, "RESIZE_BILINEAR", "ResizeBilinearOptions")


@case("int8", "uint8", "int16", "float32", weight=2)
def RESIZE_NEAREST_NEIGHBOR(rng, dtype):
    return resize(rng, dtype, "RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")


@case("int8", "uint8", "float32", "int32")
def REVERSE_V2(rng, dtype):
    m, x, dims, s, z = same(rng, dtype)
    m.op("REVERSE_V2", [x, m.const(np.int32([rng.integers(len(dims))]))], [m.output(dtype, [], s, z)], "ReverseV2Options")
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def SELECT(rng, dtype):
    m = Model()
    dims = shape(rng)
    s, z = quantization(rng, dtype)
    rows = rng.integers(2)
    condition = m.input("bool", [dims[0]] if rows else dims)
    a, b = m.input(dtype, dims, s, z), m.input(dtype, dims, s, z)
    m.op("SELECT", [condition, a, b], [m.output(dtype, [], s, z)], "SelectOptions")
    return m


@case("int8", "uint8", "int16", "float32", "int32")
def SELECT_V2(rng, dtype):
    m = Model()
    dims = shape(rng)
    s, z = quantization(rng, dtype)
    part = lambda: [size if rng.integers(3) else 1 for size in dims]
    condition = m.input("bool", part())
    a, b = m.input(dtype, part(), s, z), m.input(dtype, part(), s, z)
    m.op("SELECT_V2", [condition, a, b], [m.output(dtype, [], s, z)], "SelectV2Options")
    return m


@case("int32", "int64")
def SHAPE(rng, dtype):
    m, x, dims, *_ = same(rng, "int8")
    m.op("SHAPE", [x], [m.output(dtype, [])], "ShapeOptions", outType=TYPE[dtype])
    return m


@case("int8", "int16", "float32", "int32")
def FILL(rng, dtype):
    m = Model()
    s, z = quantization(rng, dtype)
    x = m.input(dtype, [], s, z)
    m.op("FILL", [m.const(np.int32(shape(rng))), x], [m.output(dtype, [], s, z)], "FillOptions")
    return m
