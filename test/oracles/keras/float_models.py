# Records what Keras 2 and Keras 3 compute for whole models of known architectures, random weights, small inputs.
#   python float_models.py float-models.json.gz [NAME …]        (names: those alone are made again)
# A case: [name, keras version, model JSON, input shape, {layer: [largest, elements]}, total parameters]. Weights and inputs
# come from float_values.py, so that nothing else need be kept.
import gzip, json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, keras, tf_keras
from float_values import input_values, set_weights

ELEMENTS = 8


def application(name, size, **arguments):
    def build(K):
        return getattr(K.applications, name)(weights=None, input_shape=(size, size, 3), classes=10, **arguments)
    return build


def inverted_residual(K, x, filters, expansion, kernel, stride, name):
    """MBConv of EfficientNet-Lite: no squeeze-and-excite, ReLU6 (Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020)."""
    L = K.layers
    y, channels = x, x.shape[-1]
    if expansion != 1:
        y = L.Conv2D(channels * expansion, 1, padding="same", use_bias=False, name=name + "_expand")(y)
        y = L.ReLU(6.0, name=name + "_expand_relu")(L.BatchNormalization(name=name + "_expand_bn")(y))
    if stride == 2:
        y = L.ZeroPadding2D(pads(y, kernel))(y)
    y = L.DepthwiseConv2D(kernel, stride, padding="valid" if stride == 2 else "same", use_bias=False, name=name + "_depthwise")(y)
    y = L.ReLU(6.0, name=name + "_relu")(L.BatchNormalization(name=name + "_bn")(y))
    y = L.BatchNormalization(name=name + "_project_bn")(L.Conv2D(filters, 1, padding="same", use_bias=False, name=name + "_project")(y))
    return L.Add(name=name + "_add")([L.Dropout(0.2)(y), x]) if stride == 1 and channels == filters else y


def pads(x, kernel):
    """What keras.applications pads before a stride of 2, as PyTorch would."""
    adjust = [1 - size % 2 for size in x.shape[1:3]]
    return tuple((kernel // 2 - a, kernel // 2) for a in adjust)


def efficientnet_lite0(K):
    x = inputs = K.Input((64, 64, 3))
    L = K.layers
    x = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(32, 3, 2, padding="same", use_bias=False)(x)))
    stages = [(1, 16, 1, 3, 1), (2, 24, 6, 3, 2), (2, 40, 6, 5, 2), (3, 80, 6, 3, 2), (3, 112, 6, 5, 1), (4, 192, 6, 5, 2), (1, 320, 6, 3, 1)]
    for s, (repeats, filters, expansion, kernel, stride) in enumerate(stages):
        for r in range(repeats):
            x = inverted_residual(K, x, filters, expansion, kernel, stride if r == 0 else 1, f"block{s}{r}")
    x = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(1280, 1, use_bias=False)(x)))
    return K.Model(inputs, L.Dense(10, activation="softmax")(L.Dropout(0.2)(L.GlobalAveragePooling2D()(x))), name="efficientnet_lite0")


def squeezenet(K):
    L = K.layers
    x = inputs = K.Input((64, 64, 3))
    x = L.MaxPooling2D(3, 2)(L.Conv2D(64, 3, 2, activation="relu")(x))
    for i, (squeeze, expand) in enumerate([(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]):
        if i in (2, 4):
            x = L.MaxPooling2D(3, 2, padding="same")(x)
        s = L.Conv2D(squeeze, 1, activation="relu")(x)
        x = L.Concatenate()([L.Conv2D(expand, 1, activation="relu")(s), L.Conv2D(expand, 3, padding="same", activation="relu")(s)])
    x = L.Conv2D(10, 1, activation="relu")(L.Dropout(0.5)(x))
    return K.Model(inputs, L.Activation("softmax")(L.GlobalAveragePooling2D()(x)), name="squeezenet")


def unet(K):
    L = K.layers
    x = inputs = K.Input((32, 32, 3))
    block = lambda x, f: L.ReLU()(L.BatchNormalization()(L.Conv2D(f, 3, padding="same")(L.Conv2D(f, 3, padding="same", activation="relu")(x))))
    skips = []
    for filters in (8, 16, 32):
        x = block(x, filters)
        skips.append(x)
        x = L.MaxPooling2D()(x)
    x = block(x, 64)
    for i, (filters, skip) in enumerate(zip((32, 16, 8), reversed(skips))):
        x = L.Conv2DTranspose(filters, 2, 2, padding="same")(x) if i != 1 else L.Conv2D(filters, 2, padding="same")(L.UpSampling2D(interpolation="bilinear")(x))
        x = block(L.Concatenate()([x, skip]), filters)
    return K.Model(inputs, L.Conv2D(1, 1, activation="sigmoid")(x), name="unet")


def anomaly_autoencoder(K):
    L = K.layers
    x = inputs = K.Input((640,))
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = L.ReLU()(L.BatchNormalization()(L.Dense(units)(x)))
    return K.Model(inputs, L.Dense(640)(x), name="autoencoder")


def sound_1d(K):
    L = K.layers
    return K.Sequential([
        K.Input((128, 4)), L.Conv1D(8, 5, 2, padding="causal"), L.BatchNormalization(), L.LeakyReLU(), L.MaxPooling1D(2),
        L.SeparableConv1D(16, 3, padding="same", activation="swish"), L.AveragePooling1D(2), L.LayerNormalization(),
        L.Conv1D(16, 3, activation="gelu"), L.GlobalMaxPooling1D(), L.Dense(5, activation="tanh"),
    ], name="sound")


def preactivation(K):
    """Batch normalizations that nothing can fold, rescaled input, maximum of branches, PReLU, cropping."""
    L = K.layers
    inputs = K.Input((24, 24, 3))
    x = L.Conv2D(8, 3, padding="same")(L.Rescaling(1 / 2.0, 0.1)(inputs))
    for _ in range(2):
        y = L.Conv2D(8, 3, padding="same")(L.ReLU()(L.BatchNormalization()(x)))
        x = L.Add()([x, L.Conv2D(8, 3, padding="same")(L.PReLU(shared_axes=[1, 2])(L.BatchNormalization()(y)))])
    a, b = L.Conv2D(6, 1)(L.Cropping2D(2)(x)), L.Conv2D(6, 5, activation="elu")(x)
    x = L.Concatenate()([L.Maximum()([a, b]), L.Average()([a, b]), L.Subtract()([a, b]), L.Multiply()([a, b])])
    x = L.Dense(12, activation="hard_sigmoid")(L.Permute((2, 1, 3))(L.UpSampling2D(2)(L.MaxPooling2D(2)(x))))
    return K.Model(inputs, L.Softmax()(L.Dense(4)(L.GlobalMaxPooling2D()(x))), name="preactivation")


MODELS = {
    "MobileNetV1": application("MobileNet", 64, alpha=0.5),
    "MobileNetV2": application("MobileNetV2", 64, alpha=0.5),
    "MobileNetV3Small": application("MobileNetV3Small", 64),
    "MobileNetV3Large": application("MobileNetV3Large", 64, minimalistic=False),
    "MobileNetV3Small minimalistic": application("MobileNetV3Small", 64, minimalistic=True),
    "EfficientNetLite0": efficientnet_lite0,
    "EfficientNetB0": application("EfficientNetB0", 32),
    "ResNet50": application("ResNet50", 32),
    "ResNet50V2": application("ResNet50V2", 32),
    "DenseNet121": application("DenseNet121", 32),
    "SqueezeNet": squeezenet,
    "U-Net": unet,
    "Autoencoder": anomaly_autoencoder,
    "Sound": sound_1d,
    "Preactivation": preactivation,
}


def record(array):
    flat = np.asarray(array, dtype=np.float32).reshape(-1)
    count = min(ELEMENTS, flat.size)
    return [float(f"{np.abs(flat).max():.8g}"), [float(f"{flat[i * flat.size // count]:.8g}") for i in range(count)]]


def make(version, build):
    K = {2: tf_keras, 3: keras}[version]
    K.backend.clear_session()
    made = build(K)
    set_weights(made)
    for layer in made.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    return K, made


def run(name, version, build):
    K, made = make(version, build)
    shape = made.input_shape[1:]
    x = input_values(0, (1,) + tuple(shape))
    if "Net" in name and name not in ("SqueezeNet", "U-Net", "EfficientNetLite0"):
        x = (x + 1) * np.float32(127.5)  # several of keras.applications rescale within
    layers = [layer for layer in made.layers if layer.__class__.__name__ != "InputLayer"]
    outputs = K.Model(made.inputs, [layer.output for layer in layers])(x, training=False)
    values = {layer.name: record(out) for layer, out in zip(layers, outputs)}
    return [name, version, json.loads(made.to_json()), list(shape), values, made.count_params()]


if __name__ == "__main__":
    file, names = sys.argv[1], sys.argv[2:] or list(MODELS)
    kept = json.loads(gzip.open(file).read()) if sys.argv[2:] else []
    made = {(r[0], r[1]): r for r in kept}
    for name in names:
        for version in (2, 3):
            made[name, version] = run(name, version, MODELS[name])
            print(name, version, file=sys.stderr)
    results = [made[name, version] for name in MODELS for version in (2, 3)]
    text = "[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in results) + "\n]\n"
    with open(file, "wb") as out:
        out.write(gzip.compress(text.encode(), 9, mtime=0))
