"""A .tflite written operator by operator with LiteRT's own schema, for models that no converter makes."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    "float32": (schema.TensorType.FLOAT32, np.float32), "float16": (schema.TensorType.FLOAT16, np.float16),
    "int32": (schema.TensorType.INT32, np.int32), "uint8": (schema.TensorType.UINT8, np.uint8),
    "int64": (schema.TensorType.INT64, np.int64), "bool": (schema.TensorType.BOOL, np.bool_),
    "int16": (schema.TensorType.INT16, np.int16), "int8": (schema.TensorType.INT8, np.int8),
    "int4": (schema.TensorType.INT4, np.int8), "resource": (schema.TensorType.RESOURCE, np.int32),
}
RANGES = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767), "int4": (-8, 7)}


class Model:
    """Its main subgraph, or the last one that `subgraph` began. Tensors are added by `input`, `const` and `tensor`, which return their index."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.description = "QuantLens oracle"
        empty = schema.BufferT()
        self.model.buffers = [empty]
        self.model.operatorCodes = []
        self.model.subgraphs = []
        self.subgraph("main")
        self.kinds = []
        self.limits = {}

    def subgraph(self, name):
        """Begins another one; its index."""
        self.graph = schema.SubGraphT()
        self.graph.name = name
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []
        self.model.subgraphs.append(self.graph)
        return len(self.model.subgraphs) - 1

    def tensor(self, dtype, shape, scale=None, zero_point=0, axis=0, data=None, variable=False):
        tensor = schema.TensorT()
        tensor.name = f"t{len(self.graph.tensors)}"
        tensor.type = TYPES[dtype][0]
        tensor.shape = [int(size) for size in shape]
        tensor.isVariable = variable
        if scale is not None:
            quantization = schema.QuantizationParametersT()
            quantization.scale = np.atleast_1d(np.asarray(scale, np.float32)).tolist()
            quantization.zeroPoint = np.broadcast_to(np.atleast_1d(zero_point), (len(quantization.scale),)).astype(int).tolist()
            quantization.quantizedDimension = axis
            tensor.quantization = quantization
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(pack_int4(data) if dtype == "int4" else np.ascontiguousarray(data).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def input(self, dtype, shape, scale=None, zero_point=0, limits=None):
        """`limits`: lowest and highest value to feed to one of the main subgraph."""
        index = self.tensor(dtype, shape, scale, zero_point)
        self.graph.inputs.append(index)
        if len(self.model.subgraphs) == 1:
            self.limits[index] = limits
        return index

    def output(self, dtype, shape, scale=None, zero_point=0):
        index = self.tensor(dtype, shape, scale, zero_point)
        self.graph.outputs.append(index)
        return index

    def const(self, data, dtype=None, scale=None, zero_point=0, axis=0):
        data = np.asarray(data)
        dtype = dtype or data.dtype.name
        return self.tensor(dtype, data.shape, scale, zero_point, axis, data.astype(TYPES[dtype][1]))

    def op(self, kind, inputs, outputs, options=None, version=1, intermediates=None, **fields):
        """`options`: the schema's name of the options table; its fields by their names in the object API."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = version
        self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        if intermediates is not None:
            operator.intermediates = intermediates
        if options is not None:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            operator.builtinOptions = getattr(schema, options + "T")()
            for name, value in fields.items():
                if not hasattr(operator.builtinOptions, name):
                    raise KeyError(f"{options} has no {name}")
                setattr(operator.builtinOptions, name, value)
        self.graph.operators.append(operator)
        self.kinds.append(kind)

    def bytes(self):
        builder = flatbuffers.Builder(4096)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def pack_int4(data):
    codes = np.asarray(data, np.int8).ravel().view(np.uint8) & 15
    codes = np.append(codes, np.zeros(len(codes) % 2, np.uint8))
    return (codes[0::2] | codes[1::2] << 4).astype(np.uint8).tobytes()
