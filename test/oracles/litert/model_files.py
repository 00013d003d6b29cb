"""What LiteRT computes of whole .tflite files: `model_files.py OUT.jsonl.gz FILE...`."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

from guarded import guarded
from litert_runs import oracle


def main():
    out, *paths = sys.argv[1:]
    with gzip.open(out, "wt", compresslevel=9) as file:
        for path in map(Path, paths):
            case = guarded(lambda: oracle(path.stem, path.read_bytes(), {}, np.random.default_rng(7), 3, True))
            file.write(json.dumps(case, separators=(",", ":")) + "\n")
    print(f"{len(paths)} files")


main()
