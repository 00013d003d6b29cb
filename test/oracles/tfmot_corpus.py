"""What TFMOT's `quantize_model` does with each Keras 2 model of the corpus: `tfmot-corpus.json`.

  python tfmot_corpus.py --oracles DIR --sources DIR [--only ID,ID]      (TensorFlow 2.20, tf_keras 2.20.1, TFMOT 0.8.1)

An item is `{"models": [{"status": "ok" | "error", "type", "message", "layer", "quantized": {name: [class, config, activation]}}]}`;
`layer` is the layer that the error names first, null where it names none.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RESULT = os.path.join(HERE, "tfmot-corpus.json")


def describe(model):
    """Wrapped layers with the config that quantizes them."""
    found = {}
    for layer in model.layers:
        inner = getattr(layer, "layer", None)
        if layer.__class__.__name__ == "QuantizeWrapperV2":
            config = layer.quantize_config
            found[inner.name] = [inner.__class__.__name__, config.__class__.__name__, bool(getattr(config, "quantize_output", False))]
    return found


def one(oracles, sources, item):
    from corpus_models import build, load_oracle

    models = build(load_oracle(oracles, item), sources)
    import tensorflow_model_optimization as tfmot

    answers = []
    for model in models:
        try:
            quantized = tfmot.quantization.keras.quantize_model(model)
            answers.append({"status": "ok", "quantized": describe(quantized)})
        except Exception as error:  # noqa: BLE001  every kind of failure is an answer
            message = str(error)
            named = re.match(r"Layer (\S+?):<class", message)
            answers.append({"status": "error", "type": type(error).__name__, "message": message[:400], "layer": named and named[1]})
    print("RESULT" + json.dumps({"models": answers}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--oracles", required=True)
    parser.add_argument("--sources", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--one")
    args = parser.parse_args()
    if args.one:
        sys.path.insert(0, HERE)
        one(args.oracles, args.sources, args.one)
        return
    results = json.load(open(RESULT)) if os.path.exists(RESULT) else {}
    for path in sorted(glob.glob(os.path.join(args.oracles, "*.json"))):
        item = os.path.basename(path)[:-5]
        if json.load(open(path))["flavor"] != "tfk2" or item in results or (args.only and item not in args.only.split(",")):
            continue
        run = subprocess.run(
            [sys.executable, __file__, "--oracles", args.oracles, "--sources", args.sources, "--one", item],
            capture_output=True, text=True, timeout=1800)
        line = next((line for line in run.stdout.splitlines() if line.startswith("RESULT")), None)
        if line is None:
            print(item, "not built:", run.stderr.strip().splitlines()[-1:], flush=True)
            continue
        results[item] = json.loads(line[6:])
        print(item, [(m["status"], m.get("layer"), m.get("message", "")[:100]) for m in results[item]["models"]], flush=True)
        with open(RESULT + ".part", "w") as file:
            file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in sorted(results.items())) + "\n}\n")
        os.replace(RESULT + ".part", RESULT)


if __name__ == "__main__":
    main()
