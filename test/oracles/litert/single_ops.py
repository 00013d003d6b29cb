"""Random single-op models and what LiteRT computes of them: `single_ops.py OUT.jsonl.gz [COUNT] [SEED] [ONLY]`.

Every op and type has a maker in window_cases, element_cases, shape_cases, recurrent_cases or control_cases."""

import gzip
import json
import re
import sys

import numpy as np

import control_cases  # noqa: F401
import element_cases  # noqa: F401
import recurrent_cases  # noqa: F401
import shape_cases  # noqa: F401
import window_cases  # noqa: F401
from litert_runs import guarded_oracle
from random_parts import CASES


def main():
    out, count, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000, int(sys.argv[3]) if len(sys.argv) > 3 else 0
    only = re.compile(sys.argv[4]) if len(sys.argv) > 4 else None
    total = sum(weight for *_, weight in CASES)
    refused = aborted = written = 0
    with gzip.open(out, "wt", compresslevel=9) as file:
        for kind, dtype, make, weight in CASES:
            if only and not only.search(f"{kind} {dtype}"):
                continue
            for i in range(max(1, round(count * weight / total))):
                rng = np.random.default_rng([seed, hash_name(kind + dtype), i])
                name = f"{kind} {dtype} {i}"

                def build():
                    model = make(rng, dtype)
                    return name, model.bytes(), model.limits, rng

                case = guarded_oracle(build, 2, i % 4 != 3)
                if "failed" in case:
                    raise SystemExit(f"{name}: {case['failed']}")
                refused += "error" in case
                if case.get("aborted"):
                    aborted += 1
                    continue
                if "error" in case:
                    print(f"refused {name}: {case['error'].splitlines()[0]}", file=sys.stderr)
                file.write(json.dumps(case, separators=(",", ":")) + "\n")
                written += 1
    print(f"{written} models, {refused} of them refused by LiteRT, {aborted} left out because they end its reference kernels' process")


def hash_name(text):
    return sum(ord(c) * 31**i for i, c in enumerate(text)) % 2**31


main()
