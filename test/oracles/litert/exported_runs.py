"""Runs re-exported models by the reference kernels and counts the bytes in which they differ from the first run:
`exported_runs.py CASES.jsonl.gz EXPORTED.jsonl.gz OUT.json`. EXPORTED has a line {name, model, handles}
for each, `handles` the tensors that are not compared."""

import base64
import gzip
import json
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from guarded import guarded
from litert_runs import REFERENCE, run


def outcome(case, model, handles):
    content = base64.b64decode(model)
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=REFERENCE)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()
    del interpreter
    differing = compared = 0
    for row in case["runs"]:
        # Shapes are those of the run: a tensor without a fixed shape takes any.
        inputs = [np.frombuffer(base64.b64decode(text), d["dtype"]).reshape(d["shape"]) for text, d in zip(row["inputs"], details)]
        [values] = run(content, [inputs], REFERENCE, True)
        for index, (_, text) in row["tensors"].items():
            if int(index) in handles:
                continue
            wanted, got = base64.b64decode(text), values[int(index)].tobytes()
            compared += len(wanted)
            differing += len(wanted) if len(wanted) != len(got) else sum(a != b for a, b in zip(wanted, got))
    return {"name": case["name"], "compared": compared, "differing": differing}


def main():
    source, exported, out = sys.argv[1:]
    with gzip.open(source, "rt") as cases, gzip.open(exported, "rt") as models:
        by_name = {case["name"]: case for case in map(json.loads, cases)}
        rows = [guarded(lambda: outcome(by_name[entry["name"]], entry["model"], entry["handles"])) | {"name": entry["name"]} for entry in map(json.loads, models)]
    with open(out, "w") as file:
        json.dump(rows, file)


main()
