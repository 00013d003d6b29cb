# Records what real Keras makes of many small layers: output shapes and weights, or the kind of its error.
#   python layer_shapes.py > layer-shapes.json
# One case a line: [version, class, arguments, input shapes, outputs, weights]; outputs are a list of shapes or the name of
# the exception's class, weights a list of [name, shape, trainable]. Wrapped layers are {"class_name", "config"} in arguments.
import itertools, json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, tf_keras

IMG, IMG_N, SEQ, VEC, VOL = [None, 17, 14, 6], [None, None, None, 6], [None, 20, 6], [None, 6], [None, 9, 8, 7, 4]
CASES = []


def case(name, inputs, versions=(2, 3), **grid):
    """All combinations of the listed values; a value that is not a list in a tuple is one value."""
    keys = list(grid)
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    for values in itertools.product(*[grid[k] if isinstance(grid[k], tuple) else (grid[k],) for k in keys]):
        for shape in inputs:
            shapes = shape if isinstance(shape[0], list) else [shape]
            for version in versions:
                CASES.append((version, name, dict(zip(keys, values)), shapes))


for rank, shape in ((1, SEQ), (2, IMG), (3, VOL)):
    big = [30] * rank
    case(f"Conv{rank}D", shape, filters=4, kernel_size=(1, 3, 2), strides=(1, 2), padding=("valid", "same"), use_bias=(True, False))
    case(f"Conv{rank}D", shape, filters=4, kernel_size=3, dilation_rate=2, groups=(1, 2))
    case(f"Conv{rank}D", shape, filters=(4, 0), kernel_size=3, strides=2, dilation_rate=2)
    case(f"Conv{rank}D", shape, filters=5, kernel_size=3, groups=2)
    case(f"Conv{rank}D", shape, filters=4, kernel_size=big)
    case(f"Conv{rank}D", VEC, filters=4, kernel_size=3)
    case(f"Conv{rank}DTranspose", shape, filters=4, kernel_size=(2, 3, 4), strides=(1, 2, 3), padding=("valid", "same"))
    case(f"Conv{rank}DTranspose", shape, filters=4, kernel_size=3, strides=2, padding=("valid", "same"), output_padding=(0, 1, 2))
    for pool in ("MaxPooling", "AveragePooling"):
        case(f"{pool}{rank}D", shape, pool_size=(2, 3), strides=(None, 1, 2), padding=("valid", "same"))
        case(f"{pool}{rank}D", shape, pool_size=30)
    for pool in ("GlobalMaxPooling", "GlobalAveragePooling"):
        case(f"{pool}{rank}D", shape)
        case(f"{pool}{rank}D", shape, versions=(3,), keepdims=True)
    for kind in ("Average", "Max"):
        case(f"Adaptive{kind}Pooling{rank}D", shape, versions=(3,), output_size=3)
    case(f"ZeroPadding{rank}D", shape, padding=(1, 3))
    case(f"Cropping{rank}D", shape, cropping=(1, 2, 40))
    case(f"UpSampling{rank}D", shape, size=(2, 3))
    case(f"SpatialDropout{rank}D", shape, rate=0.3)
    case(f"ConvLSTM{rank}D", [None, 3] + shape[1:], filters=2, kernel_size=3, padding=("valid", "same"), return_sequences=(True, False), return_state=(True, False))
for rank, shape in ((1, SEQ), (2, IMG)):
    case(f"DepthwiseConv{rank}D", shape, kernel_size=3, strides=(1, 2), padding=("valid", "same"), depth_multiplier=(1, 2), use_bias=(True, False))
    case(f"SeparableConv{rank}D", shape, filters=4, kernel_size=3, strides=(1, 2), padding=("valid", "same"), depth_multiplier=(1, 2), use_bias=(True, False))
    case(f"LocallyConnected{rank}D", shape, versions=(2,), filters=4, kernel_size=3, strides=(1, 2), use_bias=(True, False))
    case(f"LocallyConnected{rank}D", shape, versions=(2,), filters=4, kernel_size=3, padding="same", implementation=(1, 2))
case("Conv2D", (IMG_N, [None, 17, None, 6], [3, 17, 14, 6]), filters=4, kernel_size=3, strides=2)
case("Conv2D", [None, 17, 14, None], filters=4, kernel_size=3)
case("Conv2D", [None, 6, 17, 14], filters=4, kernel_size=3, data_format="channels_first")
case("MaxPooling2D", [None, 6, 17, 14], data_format="channels_first")
case("GlobalAveragePooling2D", [None, 6, 17, 14], data_format="channels_first", keepdims=(True, False))
case("Conv1D", SEQ, filters=4, kernel_size=3, padding="causal", dilation_rate=(1, 2))
case("Conv2D", IMG, filters=4, kernel_size=3, padding=("causal", "SAME", "wrong"))
case("Conv2D", IMG, filters=4, kernel_size=([3, 5], [1, 7], [3], 0))
case("ZeroPadding2D", IMG, padding=([1, 2], [[0, 1], [2, 3]]))
case("ZeroPadding2D", IMG_N, padding=2)
case("Cropping2D", IMG, cropping=([1, 2], [[0, 1], [2, 3]]))
case("UpSampling2D", IMG, size=([2, 3],), interpolation=("nearest", "bilinear", "wrong"))
case("Dense", (VEC, SEQ, IMG, [None, None], [None]), units=5, use_bias=(True, False))
case("Dense", VEC, units=0)
for name in ("Flatten",):
    case(name, (VEC, SEQ, IMG, IMG_N, [None]))
case("Reshape", IMG, target_shape=([17 * 14, 6], [-1], [-1, 6], [5, -1], [3, 4], [2, 7, 17, 6]))
case("Reshape", IMG_N, target_shape=([-1, 6], [4, 6]))
case("Permute", IMG, dims=([3, 1, 2], [1, 3, 2], [0, 1, 2], [1, 2]))
case("RepeatVector", VEC, n=3)
case("RepeatVector", SEQ, n=3)
for name in ("Activation",):
    case(name, IMG, activation=("relu", "softmax", "linear"))
for name in ("ReLU", "LeakyReLU", "ELU", "Softmax", "Identity", "Masking", "UnitNormalization"):
    case(name, (VEC, IMG))
case("ReLU", IMG, max_value=(6.0, -1.0))
case("PReLU", IMG, shared_axes=(None, [1, 2]))
case("PReLU", IMG_N, shared_axes=([1, 2],))
case("ThresholdedReLU", VEC, versions=(2,))
for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
    case(name, ([IMG, IMG], [IMG, [None, 1, 1, 6]], [IMG, [None, 6]], [IMG_N, IMG], [IMG, [None, 17, 14, 5]], [VEC, SEQ]))
    case(name, ([IMG, IMG, IMG],))
case("Concatenate", ([IMG, IMG], [IMG, [None, 17, 14, 3]], [IMG, [None, 16, 14, 6]], [IMG_N, IMG], [VEC, SEQ]), axis=(-1, 1))
case("Dot", ([VEC, VEC], [SEQ, SEQ], [SEQ, [None, 6, 5]]), axes=(-1, 1, [2, 1]))
for name in ("Dropout", "AlphaDropout", "GaussianDropout"):
    case(name, VEC, rate=(0.3, 1.5))
case("GaussianNoise", VEC, stddev=0.1)
case("ActivityRegularization", VEC, l1=0.1)
case("BatchNormalization", (IMG, VEC, SEQ), scale=(True, False), center=(True, False))
case("BatchNormalization", IMG, axis=(1, 3, 5))
case("LayerNormalization", (IMG, VEC), scale=(True, False), center=(True, False))
case("LayerNormalization", IMG, axis=([1, 2, 3], [2, 3], 1))
case("GroupNormalization", IMG, groups=(1, 2, 3, 4, -1))
case("RMSNormalization", (IMG, VEC), versions=(3,))
case("Embedding", ([None, 7], [None], [None, 3, 4]), input_dim=11, output_dim=5)
case("Embedding", [None, 7], versions=(2,), input_dim=11, output_dim=5, input_length=7)
case("ReversibleEmbedding", [None, 7], versions=(3,), input_dim=11, output_dim=5, tie_weights=(True, False))
for name in ("SimpleRNN", "GRU", "LSTM"):
    case(name, (SEQ, [None, None, 6], VEC), units=3, return_sequences=(True, False), return_state=(True, False), use_bias=(True, False))
case("GRU", SEQ, units=3, reset_after=False)
for cell in ("SimpleRNN", "GRU", "LSTM"):
    wrapped = {"class_name": f"{cell}Cell", "config": {"units": 3}}
    case("RNN", SEQ, cell=wrapped, return_sequences=(True, False), return_state=(True, False))
    layer = {"class_name": cell, "config": {"units": 3, "return_sequences": True}}
    case("Bidirectional", SEQ, layer=layer, merge_mode=("concat", "sum", None))
    layer = {"class_name": cell, "config": {"units": 3, "return_state": True}}
    case("Bidirectional", SEQ, layer=layer)
case("TimeDistributed", (SEQ, [None, 4, 17, 14, 6]), layer={"class_name": "Dense", "config": {"units": 3}})
case("TimeDistributed", [None, 4, 17, 14, 6], layer={"class_name": "Conv2D", "config": {"filters": 3, "kernel_size": 3}})
case("SpectralNormalization", IMG, layer={"class_name": "Conv2D", "config": {"filters": 3, "kernel_size": 3}})
case("EinsumDense", SEQ, equation="abc,cd->abd", output_shape=([None, 64],), bias_axes=("d", None))
case("EinsumDense", SEQ, equation="...x,xy->...y", output_shape=64, bias_axes=("y", None))
case("EinsumDense", SEQ, equation="abc,cde->abde", output_shape=([20, 3, 4],), bias_axes=("de", "e"))
case("EinsumDense", SEQ, equation=("ab...,bc->ac...", "ab,cd"), output_shape=64, bias_axes=("c", None))
case("Attention", ([SEQ, [None, 8, 6]], [SEQ, [None, 8, 6], [None, 8, 6]]), use_scale=(True, False), score_mode=("dot", "concat"))
case("AdditiveAttention", ([SEQ, [None, 8, 6]],), use_scale=(True, False))
case("MultiHeadAttention", ([SEQ, [None, 8, 6]], [SEQ, SEQ, SEQ]), num_heads=2, key_dim=3, value_dim=(None, 5), use_bias=(True, False), output_shape=(None, 9))
case("MultiHeadAttention", ([SEQ, SEQ],), versions=(3,), num_heads=2, key_dim=3, use_gate=True)
case("GroupQueryAttention", ([SEQ, [None, 8, 6]],), versions=(3,), head_dim=3, num_query_heads=4, num_key_value_heads=(2, 3), use_bias=(True, False))
case("Rescaling", IMG, scale=1 / 255.0)
case("Normalization", IMG, axis=(-1, None, 1))
case("Normalization", VEC, mean=1.0, variance=2.0)
case("Resizing", IMG, height=5, width=7)
case("CenterCrop", IMG, height=5, width=7)
case("RandomCrop", IMG, height=5, width=7)
for name in ("RandomFlip", ):
    case(name, IMG)
for name in ("RandomRotation", "RandomContrast", "RandomBrightness"):
    case(name, IMG, factor=0.2)
case("RandomZoom", IMG, height_factor=0.2)
case("RandomTranslation", IMG, height_factor=0.2, width_factor=0.2)
for name in ("RandomHeight", "RandomWidth"):
    case(name, IMG, versions=(2,), factor=0.2)
case("CategoryEncoding", ([None, 3], [None, 1]), num_tokens=7, output_mode=("multi_hot", "one_hot"))
case("Discretization", ([None, 3],), bin_boundaries=([0.0, 1.0],), output_mode=("int", "one_hot", "multi_hot"))
case("Hashing", ([None, 3],), num_bins=5, output_mode=("int", "one_hot", "multi_hot"))
case("MelSpectrogram", [None, 16000], versions=(3,))
case("STFTSpectrogram", [None, 16000, 2], versions=(3,), mode=("log", "stft", "real"), expand_dims=(True, False))

INTEGER = {"Embedding", "ReversibleEmbedding", "CategoryEncoding", "Hashing"}


def build(module, name, arguments):
    made = {}
    for key, value in arguments.items():
        if isinstance(value, dict):
            value = getattr(module.layers, value["class_name"])(**value["config"])
        elif isinstance(value, list):
            value = tuple(tuple(v) if isinstance(v, list) else v for v in value)
        made[key] = value
    return getattr(module.layers, name)(**made)


def run(version, name, arguments, shapes):
    module = tf_keras if version == 2 else keras
    dtype = "int32" if name in INTEGER else "float32"
    try:
        module.backend.clear_session()
        layer = build(module, name, arguments)
        inputs = [module.Input(batch_shape=tuple(s), dtype=dtype) if version == 3 else module.Input(shape=s[1:], batch_size=s[0], dtype=dtype) for s in shapes]
        if name in ("MultiHeadAttention", "GroupQueryAttention"):
            outputs = layer(*inputs)
        else:
            outputs = layer(inputs if len(inputs) > 1 else inputs[0])
    except Exception as error:
        return type(error).__name__, []
    flat = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    weights = []
    for w in layer.weights:
        own = w.name.split("/")[-1].split(":")[0]
        weights.append([own, [int(d) for d in w.shape], bool(w.trainable)])
    return [list(o.shape) for o in flat], weights


rows = []
for version, name, arguments, shapes in CASES:
    outputs, weights = run(version, name, arguments, shapes)
    rows.append(json.dumps([version, name, arguments, shapes, outputs, weights], separators=(",", ":")))
sys.stdout.write("[\n" + ",\n".join(rows) + "\n]\n")
