"""Which ops the full-integer converter leaves in float, for each model of the corpus: `converter-corpus.json`; and each
model's own Keras JSON, without what no rule reads: `corpus-models.json.gz`.

  python converter_corpus.py --oracles DIR --sources DIR --work DIR [--only ID,ID]      (TensorFlow 2.20)
  python converter_corpus.py --work DIR --collect

A model is converted with a batch of one and open sizes set to 64. An answer holds the number of ops by `KIND:type of its
first output`, the outputs of the float ones by name, and for a Keras 3 model what TFMOT's `quantize_model` says of it
(that of Keras 2 models is in `tfmot-corpus.json`).
"""
import argparse
import collections
import glob
import gzip
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OPEN_SIZE = 64
UNREAD = ("initializer", "regularizer", "constraint")


def slim(value):
    """Keras's JSON without initializers of Keras's own, regularizers and constraints."""
    if isinstance(value, list):
        return [slim(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if key in ("build_config", "module") and not (key == "module" and value.get("registered_name")):
            continue
        own = isinstance(item, dict) and item.get("registered_name")
        if key.endswith(UNREAD) and not own:
            continue
        kept[key] = slim(item)
    return kept


def fixed(shape):
    return [1] + [OPEN_SIZE if size is None else int(size) for size in shape[1:]]


def convert(model):
    import numpy as np
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    if not model.inputs:
        raise ValueError("a subclassed model without inputs has no graph")
    rng = np.random.default_rng(1)
    specs = [tf.TensorSpec(fixed(list(each.shape)), each.dtype) for each in model.inputs]
    if len(specs) == 1:
        function = tf.function(lambda x: model(x, training=False)).get_concrete_function(specs[0])
    else:
        function = tf.function(lambda *x: model(list(x), training=False)).get_concrete_function(*specs)
    frozen = convert_variables_to_constants_v2(function)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], None)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    samples = [rng.uniform(-1, 1, spec.shape).astype(spec.dtype.as_numpy_dtype) for spec in specs]
    converter.representative_dataset = lambda: iter([samples])
    return describe(converter.convert())


def describe(content):
    import numpy as np
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(
        model_content=content,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    tensors = {t["index"]: t for t in interpreter.get_tensor_details()}
    counts, floats = collections.Counter(), []
    for op in interpreter._get_ops_details():
        first = tensors.get(op["outputs"][0]) if len(op["outputs"]) else None
        kind = np.dtype(first["dtype"]).name if first else "none"
        counts[f"{op['op_name']}:{kind}"] += 1
        if kind == "float32" and op["op_name"] != "DEQUANTIZE":
            floats.append([op["op_name"], first["name"]])
    return {"ops": dict(sorted(counts.items())), "float": floats}


def one(oracles, sources, work, item):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.path.insert(0, HERE)
    from corpus_models import build, load_oracle

    oracle = load_oracle(oracles, item)
    if oracle["flavor"] == "tfk2":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"  # read when TensorFlow is imported
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    models = build(oracle, sources)
    result = []
    for model in models:
        answer = {}
        if oracle["flavor"] == "keras3":
            import tensorflow_model_optimization as tfmot

            try:
                tfmot.quantization.keras.quantize_model(model)
                answer["tfmot"] = {"status": "ok"}
            except Exception as error:  # noqa: BLE001  every kind of failure is an answer
                answer["tfmot"] = {"status": "error", "type": type(error).__name__, "message": str(error)[:300]}
        try:
            if type(model).__name__ not in ("Sequential", "Functional", "Model"):
                raise ValueError("a subclassed model has no configuration")
            answer["json"] = slim(json.loads(model.to_json()))
        except Exception as error:  # noqa: BLE001
            answer["json"] = None
            print("no JSON:", str(error)[:200], file=sys.stderr)
        try:
            answer.update(convert(model))
        except Exception as error:  # noqa: BLE001
            answer["failed"] = str(error).strip().splitlines()[0][:300]
        result.append(answer)
    with open(os.path.join(work, f"{item}.json"), "w") as file:
        json.dump(result, file)


def collect(work):
    answers, models = {}, {}
    for path in sorted(glob.glob(os.path.join(work, "*.json"))):
        item = os.path.basename(path)[:-5]
        with open(path) as file:
            parts = json.load(file)
        models[item] = [part.pop("json") for part in parts]
        answers[item] = parts
    lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in answers.items())
    with open(os.path.join(HERE, "converter-corpus.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    text = json.dumps(models, separators=(",", ":")).encode()
    with open(os.path.join(HERE, "corpus-models.json.gz"), "wb") as file:
        file.write(gzip.compress(text, 9, mtime=0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--oracles")
    parser.add_argument("--sources")
    parser.add_argument("--work", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--one")
    parser.add_argument("--collect", action="store_true")
    args = parser.parse_args()
    if args.collect:
        return collect(args.work)
    if args.one:
        return one(args.oracles, args.sources, args.work, args.one)
    for path in sorted(glob.glob(os.path.join(args.oracles, "*.json"))):
        item = os.path.basename(path)[:-5]
        if os.path.exists(os.path.join(args.work, f"{item}.json")) or (args.only and item not in args.only.split(",")):
            continue
        run = subprocess.run(
            [sys.executable, __file__, "--oracles", args.oracles, "--sources", args.sources, "--work", args.work, "--one", item],
            capture_output=True, text=True, timeout=1800)
        last = run.stderr.strip().splitlines()[-1:] if run.returncode else "done"
        print(item, last, flush=True)


if __name__ == "__main__":
    main()
