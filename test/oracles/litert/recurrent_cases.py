"""Ops that keep state: SVDF and UNIDIRECTIONAL_SEQUENCE_LSTM, each alone; and variables shared by name."""

import numpy as np

from flatbuffer_model import Model
from random_parts import case, choose, codes, scale, zero_point


def variable(m, dtype, shape, s=None, z=0):
    return m.tensor(dtype, shape, s, z, variable=True)


@case("int8", "float32", "dynamic", weight=4)
def SVDF(rng, kind):
    m = Model()
    batches, depth, rank, units, memory = (int(n) for n in (rng.integers(1, 3), rng.integers(1, 12), rng.integers(1, 3), rng.integers(1, 8), rng.integers(1, 6)))
    filters = rank * units
    if kind == "int8":
        s_in, s_state = scale(rng, "int8", -7, -3), np.float32(2.0 ** rng.uniform(-14, -10))
        x = m.input("int8", [batches, depth], s_in, zero_point(rng, "int8"))
        feature = m.const(codes(rng, "int8", (filters, depth), True), "int8", scale(rng, "int8", -9, -6))
        time = m.const(rng.integers(-32767, 32768, (filters, memory)), "int16", scale(rng, "int8", -16, -14))
        s_time = m.graph.tensors[time].quantization.scale[0]
        bias = m.const(rng.integers(-20000, 20000, units).astype(np.int32), "int32", s_state * np.float32(s_time))
        state = variable(m, "int16", [batches, memory * filters], s_state)
        y = m.output("int8", [batches, units], scale(rng, "int8", -6, -2), zero_point(rng, "int8"))
    else:
        x = m.input("float32", [batches, depth])
        if kind == "float32":
            feature = m.const(rng.standard_normal((filters, depth)).astype(np.float32))
            time = m.const(rng.standard_normal((filters, memory)).astype(np.float32))
        else:
            feature = m.const(codes(rng, "int8", (filters, depth), True), "int8", scale(rng, "int8", -9, -6))
            time = m.const(codes(rng, "int8", (filters, memory), True), "int8", scale(rng, "int8", -9, -6))
        bias = m.const(rng.standard_normal(units).astype(np.float32)) if rng.integers(2) else -1
        state = variable(m, "float32", [batches, memory * filters])
        y = m.output("float32", [batches, units])
    m.op("SVDF", [x, feature, time, bias, state], [y], "SVDFOptions", rank=rank,
         fusedActivationFunction=1 if kind == "int8" else int(choose(rng, 0, 1)), asymmetricQuantizeInputs=bool(rng.integers(2)))
    return m


@case("int8", weight=12)
def UNIDIRECTIONAL_SEQUENCE_LSTM(rng, kind):
    m = Model()
    batches, times, depth, cells = (int(n) for n in (rng.integers(1, 3), rng.integers(1, 6), rng.integers(1, 10), rng.integers(1, 9)))
    coupled, peephole, norm, projected, time_major = (bool(rng.integers(2)) for _ in range(5))
    outputs = int(rng.integers(1, cells + 1)) if projected else cells
    if peephole and projected:
        outputs = cells
    s_in, z_in = scale(rng, "int8", -7, -3), zero_point(rng, "int8")
    s_out, z_out = scale(rng, "int8", -8, -6), zero_point(rng, "int8")
    power = int(rng.integers(-15 if coupled else -17, -8))
    x = m.input("int8", [times, batches, depth] if time_major else [batches, times, depth], s_in, z_in)
    weights = lambda *dims: m.const(codes(rng, "int8", dims, True), "int8", scale(rng, "int8", -9, -6))
    wide = lambda: m.const(rng.integers(-32767, 32768, cells), "int16", scale(rng, "int8", -16, -13))
    skip = lambda gate, index: -1 if coupled and index == 0 else gate()
    inputs = [x]
    inputs += [skip(lambda: weights(cells, depth), i) for i in range(4)]
    inputs += [skip(lambda: weights(cells, outputs), i) for i in range(4)]
    inputs += [skip(wide, i) if peephole else -1 for i in (0, 1, 3)]
    inputs += [skip(lambda: m.const(rng.integers(-3000, 3000, cells).astype(np.int32), "int32", np.float32(s_in * 0.01)), i) for i in range(4)]
    inputs += [weights(outputs, cells), m.const(rng.integers(-500, 500, outputs).astype(np.int32), "int32", np.float32(1e-4))] if projected else [-1, -1]
    inputs += [variable(m, "int8", [batches, outputs], s_out, z_out), variable(m, "int16", [batches, cells], np.float32(2.0**power))]
    inputs += [skip(lambda: m.const(rng.integers(-32767, 32768, cells), "int16", scale(rng, "int8", -16, -13)), i) if norm else -1 for i in range(4)]
    middle = [m.tensor("int16", [], scale(rng, "int8", -13, -10) if norm else np.float32(2.0**-12)) for _ in range(4)]
    middle.append(m.tensor("int8", [], scale(rng, "int8", -8, -6), zero_point(rng, "int8")))
    y = m.output("int8", [], s_out, z_out)
    m.op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [y], "UnidirectionalSequenceLSTMOptions", intermediates=middle,
         fusedActivationFunction=4, cellClip=float(choose(rng, 0, 0, 10 * 2.0**power * 1000)), projClip=float(choose(rng, 0, 0, 0.3)), timeMajor=time_major)
    return m


@case("int8", "float32")
def VARIABLES(rng, dtype):
    """A variable that a subgraph sets once, read, added to and written back."""
    m = Model()
    s, z = (scale(rng, "int8", -4, -2), zero_point(rng, "int8")) if dtype == "int8" else (None, 0)
    dims = [int(rng.integers(1, 6))]
    x = m.input(dtype, dims, s, z)
    handle = m.tensor("resource", [1])
    start = m.tensor(dtype, dims, s, z)
    y = m.output(dtype, dims, None if s is None else s * np.float32(1.7), z)
    m.op("CALL_ONCE", [], [], "CallOnceOptions", initSubgraphIndex=1)
    m.op("VAR_HANDLE", [], [handle], "VarHandleOptions", sharedName="state", container="")
    m.op("READ_VARIABLE", [handle], [start], "ReadVariableOptions")
    m.op("ADD", [x, start], [y], "AddOptions", fusedActivationFunction=0, potScaleInt16=False)
    m.op("ASSIGN_VARIABLE", [handle, x], [], "AssignVariableOptions")
    m.subgraph("init")
    handle = m.tensor("resource", [1])
    value = codes(rng, "int8", dims) if dtype == "int8" else rng.standard_normal(dims).astype(np.float32)
    m.op("VAR_HANDLE", [], [handle], "VarHandleOptions", sharedName="state", container="")
    m.op("ASSIGN_VARIABLE", [handle, m.const(value, dtype, s, z)], [], "AssignVariableOptions")
    return m
