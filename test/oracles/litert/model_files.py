"""What LiteRT computes of whole .tflite files: `model_files.py OUT.jsonl.gz FILE...`."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

from ai_edge_litert.interpreter import Interpreter

from guarded import guarded
from litert_runs import oracle

INDICES = (0, 19)


def limits_of(content):
    """Integer inputs that are no codes are indices."""
    details = Interpreter(model_content=content).get_input_details()
    return {d["index"]: INDICES for d in details if d["dtype"] in (np.int32, np.int64)}


def file_case(path):
    content = path.read_bytes()
    return oracle(path.stem, content, limits_of(content), np.random.default_rng(7), 3, True)


def main():
    out, *paths = sys.argv[1:]
    with gzip.open(out, "wt", compresslevel=9) as file:
        for path in map(Path, paths):
            case = guarded(lambda: file_case(path))
            file.write(json.dumps(case, separators=(",", ":")) + "\n")
    print(f"{len(paths)} files")


main()
