"""Builds a model of the corpus in real Keras from its own source, one model a process.

The corpus is a folder of oracles (`<id>.json`: source, entry, roots) and a folder of unpacked packages. Files of the Keras 2
era import `keras` or `tensorflow.keras`; both become tf_keras here, old module paths are looked up where they moved to, and
packages that only load images or draw are empty stubs.
"""
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import types

STUBS = {
    "cv2", "editdistance", "essential_generators", "fontTools", "imgaug", "matplotlib", "pyclipper", "shapely", "skimage",
    "validators", "spacy", "joblib", "tensorflow_datasets", "sklearn", "pandas", "tqdm", "PIL",
    "scipy", "loguru", "tensorflow_addons", "kecam", "lz4", "regex", "tokenizers", "sentencepiece", "tensorflow_text", "kagglehub", "progressbar", "pycocotools", "keras_applications_stub",
}


# Packages whose model files get their Keras handed in by the package's own front.
FACADES = {
    "efficientnet": "efficientnet.tfkeras",
    "image-classifiers": "classification_models.tfkeras",
    "segmentation-models": "segmentation_models",
}


class Anything(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing(name)


def nothing(name):
    return Anything(name, (), {"__init__": lambda self, *a, **k: None, "__call__": lambda self, *a, **k: a[0] if a else None})


class Stub(types.ModuleType):
    """A module whose every attribute is a class that does nothing."""

    __path__ = []
    __all__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = nothing(name)
        setattr(self, name, value)
        return value


class Aliases(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """`keras.*` is tf_keras, wherever the module lives today; a package that is not installed and only serves data is a stub."""

    def __init__(self, legacy):
        self.legacy = legacy

    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        if self.legacy and top == "keras":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name.endswith("compute_overlap"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if top in STUBS:
            if isinstance(sys.modules.get(top), Stub):
                return importlib.machinery.ModuleSpec(name, self, is_package=True)
            try:
                sys.meta_path.remove(self)
                if importlib.util.find_spec(top) is not None:
                    return None
            except (ImportError, ValueError):
                pass
            finally:
                sys.meta_path.insert(0, self)
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        parts = spec.name.split(".")
        if parts[0] != "keras":
            return Stub(spec.name)
        rest = ".".join(parts[1:])
        for candidate in (f"tf_keras.{rest}", f"tf_keras.src.{rest}", f"tf_keras.src.{rest.replace('src.', '')}") if rest else ("tf_keras",):
            try:
                return importlib.import_module(candidate)
            except ImportError:
                continue
        return Moved(spec.name)

    def exec_module(self, module):
        pass


class Moved(types.ModuleType):
    """A module path that is gone: its names are looked up in the public ones."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        import tf_keras

        for place in (tf_keras, tf_keras.layers, tf_keras.utils, tf_keras.models, tf_keras.backend, tf_keras.saving, tf_keras.src):
            if hasattr(place, name):
                return getattr(place, name)
        if name == "get_source_inputs":
            from tf_keras.src.utils.layer_utils import get_source_inputs

            return get_source_inputs
        return type(name, (), {})


def load_oracle(oracles, item):
    with open(os.path.join(oracles, f"{item}.json")) as file:
        return json.load(file)


def build(oracle, sources):
    """The models of an item, in the order of its oracle."""
    source = oracle["source"]
    root = os.path.join(sources, f"{source['package']}=={source['version']}")
    extra = [os.path.join(sources, r.removeprefix("@package/")) for r in oracle.get("roots") or []]
    legacy = oracle["flavor"] == "tfk2"
    if legacy:
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy

    for old, new in {"float": float, "int": int, "bool": bool, "object": object}.items():
        if old not in numpy.__dict__:
            setattr(numpy, old, new)
    import tensorflow  # noqa: F401  before the aliases

    if legacy:
        import tf_keras

        patch_keras(tf_keras)
    own = source["package"] in ("tf_keras", "keras")
    sys.path[:0] = [] if own else [root, *extra]
    sys.meta_path.insert(0, Aliases(legacy))
    name = source["path"].removesuffix(".py").replace("/", ".")
    os.environ["SM_FRAMEWORK"] = "tf.keras"
    module = importlib.import_module(FACADES.get(source["package"], name))
    namespace = module.__dict__
    for block in (oracle.get("pre"), oracle.get("post")):
        if block:
            exec(block, namespace)
    (tf_keras if legacy else importlib.import_module("keras")).backend.clear_session()
    value = eval(oracle["entry"]["expr"], namespace)
    if "pick" in oracle["entry"]:
        value = eval(oracle["entry"]["pick"], {"_": value})
    return list(value) if isinstance(value, (list, tuple)) else [value]


def patch_keras(keras):
    """`Model(input=, output=)` of Keras 1 and names that moved."""
    from tf_keras.src.applications import imagenet_utils
    from tf_keras.src.engine import functional
    from tf_keras.src.utils import layer_utils
    import warnings

    original = functional.Functional.__init__

    def init(self, *args, **kwargs):
        for old, new in (("input", "inputs"), ("output", "outputs")):
            if old in kwargs:
                kwargs[new] = kwargs.pop(old)
        original(self, *args, **kwargs)

    functional.Functional.__init__ = init
    new_model = keras.Model.__new__

    def new(cls, *args, **kwargs):
        if cls is keras.Model and "input" in kwargs:
            return functional.Functional.__new__(functional.Functional, skip_init=True, inputs=kwargs["input"], outputs=kwargs["output"])
        return new_model(cls, *args, **kwargs)

    keras.Model.__new__ = new
    keras.layers.warnings = warnings
    for module in (imagenet_utils, keras.applications.imagenet_utils):
        module._obtain_input_shape = imagenet_utils.obtain_input_shape
    keras.utils.layer_utils = layer_utils
    for name in ("optimizers.legacy", "optimizers", "layers", "utils", "models"):
        sys.modules[f"tensorflow.keras.{name}"] = importlib.import_module(f"tf_keras.{name}")
    from tf_keras.src.utils import data_utils, generic_utils

    generic_utils.get_custom_objects = keras.utils.get_custom_objects
    keras.Model.load_weights = lambda self, *args, **kwargs: None  # answers do not depend on trained values
    keras.utils.get_file = data_utils.get_file = lambda *args, **kwargs: ""
