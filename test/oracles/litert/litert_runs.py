"""What LiteRT computes of a model, each model in a process of its own, for some of its errors end the process.

A result is one JSON line: name, the model's bytes, and for each run the inputs and every computed tensor (base64)."""

import base64

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from guarded import guarded

REFERENCE = OpResolverType.BUILTIN_REF
DEFAULT = OpResolverType.AUTO


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def feed(detail, limits, rng):
    """A random value of an input: the whole range of codes, its ends often; floats around 0."""
    shape, dtype = tuple(detail["shape"]), detail["dtype"]
    if dtype == np.bool_:
        return rng.integers(0, 2, shape).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        low, high = limits or (-3, 3)
        return rng.uniform(low, high, shape).astype(dtype)
    info = np.iinfo(dtype)
    low, high = limits or ((-100, 100) if info.bits > 16 else (info.min, info.max))
    codes = rng.integers(low, high + 1, shape)
    ends = rng.integers(0, 12, shape)
    return np.where(ends == 0, low, np.where(ends == 1, high, codes)).astype(dtype)


def run(content, inputs, resolver, all_tensors):
    """For each set of inputs the tensors by index: (shape, array)."""
    results = []
    for values in inputs:
        # A new interpreter for each: variables shared by name are reset by nothing else.
        interpreter = Interpreter(model_content=content, experimental_op_resolver_type=resolver,
                                  experimental_preserve_all_tensors=all_tensors, num_threads=1)
        interpreter.allocate_tensors()
        details = interpreter.get_input_details()
        if all_tensors:
            wanted = [int(i) for op in interpreter._get_ops_details() for i in op["outputs"]]
        else:
            wanted = [detail["index"] for detail in interpreter.get_output_details()]
        types = {detail["index"]: detail["dtype"] for detail in interpreter.get_tensor_details()}
        for detail, value in zip(details, values):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        results.append({i: interpreter.get_tensor(i).copy() for i in wanted if types.get(i) not in (None, np.void)})
    return results


def with_shapes(content, tensors):
    """The model with the shapes that a run computed, as converters write them: XNNPACK takes few ops without."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    for index, array in tensors.items():
        model.subgraphs[0].tensors[index].shape = list(array.shape)
    builder = flatbuffers.Builder(4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def default_only(case, content, limits, rng, samples):
    """What the reference resolver does not have may run by default: the outputs of that."""
    try:
        interpreter = Interpreter(model_content=content, experimental_op_resolver_type=DEFAULT)
        interpreter.allocate_tensors()
        details = interpreter.get_input_details()
        del interpreter
        inputs = [[feed(d, limits.get(d["index"]), rng) for d in details] for _ in range(samples)]
        rows = run(content, inputs, DEFAULT, False)
        case["runs"] = [{"inputs": [encode(v) for v in values], "tensors": {}, "default": {i: encode(a) for i, a in row.items()}}
                        for values, row in zip(inputs, rows)]
    except (RuntimeError, ValueError) as error:
        case["defaultError"] = str(error)
    return case


def oracle(name, content, limits, rng, samples, with_default, fill_shapes=False):
    """A case as a dictionary; `error` where LiteRT refuses it. `fill_shapes`: the case's model has the shapes that were computed."""
    case = {"name": name, "model": base64.b64encode(content).decode()}
    try:
        interpreter = Interpreter(model_content=content, experimental_op_resolver_type=REFERENCE)
        interpreter.allocate_tensors()
        details = interpreter.get_input_details()
        del interpreter
        inputs = [[feed(d, limits.get(d["index"]), rng) for d in details] for _ in range(samples)]
        rows = run(content, inputs, REFERENCE, True)
        if fill_shapes:
            content = with_shapes(content, rows[0])
            case["model"] = base64.b64encode(content).decode()
        case["runs"] = [
            {"inputs": [encode(v) for v in values], "tensors": {i: [list(a.shape), encode(a)] for i, a in row.items()}}
            for values, row in zip(inputs, rows)
        ]
    except (RuntimeError, ValueError) as error:
        case["error"] = str(error)
        return default_only(case, content, limits, rng, samples) if with_default else case
    if with_default:
        try:
            for values, target in zip(run(content, inputs, DEFAULT, False), case["runs"]):
                target["default"] = {i: encode(a) for i, a in values.items()}
        except (RuntimeError, ValueError) as error:
            case["defaultError"] = str(error)
    return case


def guarded_oracle(make, samples, fill_shapes=False):
    """The case of make() -> (name, bytes, limits, rng), which is called in a child process; where LiteRT's default runtime ends that, of the
    reference kernels alone. XNNPACK frees twice with some models on some machines."""
    case = guarded(lambda: oracle(*make(), samples, True, fill_shapes))
    if not case.get("aborted"):
        return case
    return {**guarded(lambda: oracle(*make(), samples, False, fill_shapes)), "defaultError": "it ends the process"}
