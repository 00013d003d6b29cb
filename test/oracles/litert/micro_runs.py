"""What TensorFlow Lite for Microcontrollers computes of models that LiteRT ran: `micro_runs.py IN.jsonl.gz OUT.jsonl.gz [ONLY]`.

Needs the package tflite-micro. The cases written have this runtime's tensors, or its `error`. It wants every shape in the file,
so those that LiteRT computed are written into the model. Each model runs in a process of its own."""

import base64
import gzip
import json
import re
import sys

import flatbuffers
import numpy as np
from tflite_micro.python.tflite_micro import runtime
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from guarded import guarded

ARENA_BYTES = 1 << 22


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def with_shapes(content, tensors):
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    for index, (shape, _) in tensors.items():
        model.subgraphs[0].tensors[int(index)].shape = shape
    builder = flatbuffers.Builder(4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def run(content, inputs, wanted):
    interpreter = runtime.Interpreter.from_bytes(
        content, arena_size=ARENA_BYTES, intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors)
    for i, text in enumerate(inputs):
        detail = interpreter.get_input_details(i)
        interpreter.set_input(np.frombuffer(base64.b64decode(text), detail["dtype"]).reshape(detail["shape"]), i)
    interpreter.invoke()
    values = {index: interpreter.GetTensor(int(index), 0) for index in wanted}
    return {index: [[int(n) for n in value["shape"]], encode(value["tensor_data"])] for index, value in values.items()}


def micro_case(case):
    result = {"name": case["name"]}
    first = case["runs"][0]
    content = with_shapes(base64.b64decode(case["model"]), first["tensors"])
    result["model"] = base64.b64encode(content).decode()
    try:
        result["runs"] = [{"inputs": row["inputs"], "tensors": run(content, row["inputs"], row["tensors"])} for row in case["runs"]]
    except (RuntimeError, ValueError, SystemError) as error:
        result["error"] = str(error)
    return result


def main():
    source, out = sys.argv[1:3]
    only = re.compile(sys.argv[3]) if len(sys.argv) > 3 else None
    counts = {"run": 0, "refused": 0, "aborted": 0}
    with gzip.open(source, "rt") as cases, gzip.open(out, "wt", compresslevel=9) as file:
        for line in cases:
            case = json.loads(line)
            if "error" in case or not case.get("runs") or not case["runs"][0]["tensors"] or (only and not only.search(case["name"])):
                continue
            result = guarded(lambda: micro_case(case))
            if "failed" in result:
                raise SystemExit(f"{case['name']}: {result['failed']}")
            counts["aborted" if result.get("aborted") else "refused" if "error" in result else "run"] += 1
            if "runs" in result:
                file.write(json.dumps(result, separators=(",", ":")) + "\n")
            else:
                print(f"refused {case['name']}: {result.get('error', 'aborted')[:150]}", file=sys.stderr)
    print(", ".join(f"{n} {what}" for what, n in counts.items()))


main()
