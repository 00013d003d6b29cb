# Writes small models in every form that Keras 2 and Keras 3 save, with what they compute.
#   python model_files.py FOLDER          (FOLDER gets the files and outputs.json)
# outputs.json: {model: {"keras": version, "input": shape, "integers": n or null, "outputs": [[...]], "files": [...], "weights": [...]}}
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, keras, tf_keras
from float_values import input_values, set_weights

SAMPLES = 2


def nested(K):
    L = K.layers
    inner_in = K.Input((8, 8, 4))
    inner = K.Model(inner_in, L.ReLU()(L.BatchNormalization()(L.Conv2D(4, 3)(inner_in))), name="inner")
    head = K.Sequential([K.Input((6, 6, 4)), L.DepthwiseConv2D(3), L.GlobalAveragePooling2D(), L.Dense(3)], name="head")
    x = inputs = K.Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding="same", name="first")(x)
    return K.Model(inputs, head(inner(x)), name="nested"), None


def sequential(K):
    L = K.layers
    return K.Sequential([
        K.Input((12, 6)), L.Conv1D(4, 3, name="temporal"), L.BatchNormalization(), L.SeparableConv1D(4, 3, activation="relu"),
        L.LayerNormalization(), L.PReLU(), L.Flatten(), L.Dropout(0.5), L.Dense(3, activation="softmax"),
    ], name="sequential"), None


def recurrent(K):
    L = K.layers
    return K.Sequential([
        K.Input((7,), dtype="int32"), L.Embedding(12, 5), L.Bidirectional(L.LSTM(4, return_sequences=True)),
        L.TimeDistributed(L.Dense(4, activation="relu")), L.GRU(3, return_sequences=True), L.SimpleRNN(3), L.Dense(2),
    ], name="recurrent"), 12


def branches(K):
    """Several layers of a class, one called twice, names given by the user among automatic ones."""
    L = K.layers
    a = K.Input((6,), name="a")
    shared = L.Dense(6, name="shared")
    x = L.Add()([shared(a), shared(L.Dense(6)(a))])
    y = L.Concatenate()([L.Dense(4)(x), L.Dense(4, use_bias=False, name="other")(x), L.Normalization()(a)])
    return K.Model(a, L.Dense(2, activation="sigmoid")(y), name="branches"), None


MODELS = {"nested": nested, "sequential": sequential, "recurrent": recurrent, "branches": branches}
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
result = {}
for version, K in ((2, tf_keras), (3, keras)):
    for name, build in MODELS.items():
        K.backend.clear_session()
        model, integers = build(K)
        set_weights(model)
        for layer in model.layers:
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()
        x = input_values(0, (SAMPLES,) + tuple(model.input_shape[1:]), integers)
        output = np.asarray(model(x, training=False))
        stem = f"{name}-keras{version}"
        files = [f"{stem}.h5", f"{stem}.keras"]
        weights = [f"{stem}.weights.h5"]
        for file in files + weights:
            path = os.path.join(folder, file)
            (model.save_weights if file in weights else model.save)(path)
        if version == 2:
            weights.append(f"{stem}-legacy.h5")
            model.save_weights(os.path.join(folder, weights[-1]))
        with open(os.path.join(folder, f"{stem}.json"), "w") as file:
            file.write(model.to_json())
        result[stem] = {
            "keras": version, "input": list(model.input_shape[1:]), "integers": integers,
            "outputs": [[float(f"{v:.8g}") for v in row] for row in output],
            "files": files, "weights": weights, "json": f"{stem}.json", "parameters": model.count_params(),
        }
with open(os.path.join(folder, "outputs.json"), "w") as file:
    json.dump(result, file, indent=1)
