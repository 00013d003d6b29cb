"""Random blocks of image and sequence networks as Keras layers: each takes rng and a tensor and returns a tensor."""

import tensorflow as tf
import tf_keras as keras

L = keras.layers
ACTIVATIONS = (None, "relu", tf.nn.relu6, "tanh", "sigmoid", "elu", tf.nn.swish, "gelu")


def choose(rng, *options):
    return options[rng.integers(len(options))]


def some(rng, low, high):
    return int(rng.integers(low, high + 1))


def hard_swish(x):
    return x * tf.nn.relu6(x + 3.0) / 6.0


def norm_relu(rng, x):
    x = L.BatchNormalization()(x) if rng.integers(2) else x
    return L.Activation(choose(rng, *ACTIVATIONS))(x)


def stride_of(rng, x):
    return some(rng, 1, 2) if x.shape[1] > 4 and x.shape[2] > 4 else 1


def padding_of(rng, x):
    return choose(rng, "same", "valid") if x.shape[1] > 4 and x.shape[2] > 4 else "same"


def conv(rng, x):
    layer = L.Conv2D(some(rng, 1, 11), some(rng, 1, 3), stride_of(rng, x), padding_of(rng, x), use_bias=bool(rng.integers(2)))
    return norm_relu(rng, layer(x))


def dilated(rng, x):
    return L.Conv2D(some(rng, 1, 9), 3, padding="same", dilation_rate=2, activation="relu")(x)


def depthwise(rng, x):
    layer = L.DepthwiseConv2D(3, stride_of(rng, x), padding_of(rng, x), depth_multiplier=some(rng, 1, 3) if x.shape[-1] < 8 else 1,
                              activation=choose(rng, "relu", tf.nn.relu6, None))
    return layer(x)


def separable(rng, x):
    return L.SeparableConv2D(some(rng, 1, 11), 3, 1, "same")(x)


def residual(rng, x):
    return L.Add()([x, L.Conv2D(x.shape[-1], 3, padding="same")(norm_relu(rng, x))])


def inverted_residual(rng, x):
    y = L.Conv2D(2 * x.shape[-1], 1, use_bias=False)(x)
    y = L.Activation(choose(rng, tf.nn.relu6, hard_swish))(L.BatchNormalization()(y))
    y = L.Activation(tf.nn.relu6)(L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same", use_bias=False)(y)))
    return L.Add()([x, L.BatchNormalization()(L.Conv2D(x.shape[-1], 1, use_bias=False)(y))])


def squeeze_excite(rng, x):
    y = L.GlobalAveragePooling2D(keepdims=True)(x)
    y = L.Conv2D(max(1, x.shape[-1] // 2), 1, activation="relu")(y)
    gate = choose(rng, "sigmoid", lambda v: tf.nn.relu6(v + 3.0) / 6.0)
    return L.Multiply()([x, L.Conv2D(x.shape[-1], 1, activation=gate)(y)])


def fire(rng, x):
    y = L.Conv2D(some(rng, 1, 6), 1, activation="relu")(x)
    return L.Concatenate()([L.Conv2D(some(rng, 1, 6), 1, activation="relu")(y), L.Conv2D(some(rng, 1, 6), 3, padding="same", activation="relu")(y)])


def concatenation(rng, x):
    return L.Concatenate()([x, L.Conv2D(some(rng, 1, 11), 1, activation=choose(rng, "relu", "sigmoid", None))(x)])


def pooling(rng, x):
    return choose(rng, L.AveragePooling2D, L.MaxPooling2D)(some(rng, 2, 3), some(rng, 1, 2), padding="same")(x)


def transposed(rng, x):
    if x.shape[1] > 8:
        return x
    return L.Conv2DTranspose(some(rng, 1, 9), some(rng, 2, 3), 2, padding=choose(rng, "same", "valid"), activation=choose(rng, None, "relu"))(x)


def gated(rng, x):
    return L.Multiply()([x, L.Conv2D(x.shape[-1], 1, activation=choose(rng, "sigmoid", "tanh", None))(x)])


def slope(rng, x):
    return choose(rng, L.LeakyReLU(0.2), L.PReLU(shared_axes=[1, 2]), L.Activation("softmax"), L.ReLU(1.5, 0.1))(x)


def padded(rng, x):
    x = L.ZeroPadding2D(((some(rng, 0, 2), some(rng, 0, 1)), (some(rng, 0, 1), some(rng, 0, 2))))(x)
    return L.Cropping2D(((1, 0), (0, 1)))(x) if x.shape[1] > 5 and x.shape[2] > 5 and rng.integers(2) else x


def upsampled(rng, x):
    if x.shape[1] > 7 or x.shape[2] > 7:
        return x
    kind = choose(rng, "nearest", "bilinear")
    if rng.integers(2):
        return L.UpSampling2D(2, interpolation=kind)(x)
    return L.Resizing(x.shape[1] + some(rng, 1, 4), x.shape[2] + some(rng, 1, 4), interpolation=kind)(x)


def difference(rng, x):
    join = choose(rng, L.Maximum, L.Minimum, L.Average, L.Add)
    return L.Subtract()([join()([x, L.Conv2D(x.shape[-1], 1)(x)]), L.Conv2D(x.shape[-1], 1)(x)])


def normalized(rng, x):
    return choose(rng, L.LayerNormalization(), L.Rescaling(0.5, 0.25), L.BatchNormalization())(x)


def permuted(rng, x):
    return choose(rng, L.Permute((2, 1, 3)), L.Reshape((x.shape[1] * x.shape[2], 1, x.shape[3])), L.Lambda(lambda v: tf.nn.space_to_depth(v, 1)))(x)


IMAGE_BLOCKS = (conv, conv, conv, dilated, depthwise, depthwise, separable, residual, inverted_residual, squeeze_excite, fire, concatenation,
                pooling, transposed, gated, slope, padded, upsampled, difference, normalized, permuted)


def attention(rng, x):
    q, k, v = (L.Dense(4)(x) for _ in range(3))
    scores = L.Softmax()(L.Dot((2, 2))([q, k]) * 0.5)
    return L.Dot((2, 1))([scores, v])


def conv_1d(rng, x):
    return L.Conv1D(some(rng, 2, 8), some(rng, 1, 3), padding=choose(rng, "same", "causal"), activation=choose(rng, "relu", "tanh"))(x)


def pool_1d(rng, x):
    return choose(rng, L.AveragePooling1D, L.MaxPooling1D)(2, padding="same")(x)


def lstm(rng, x):
    return L.LSTM(some(rng, 2, 7), return_sequences=True)(x)


def dense(rng, x):
    return L.Dense(some(rng, 2, 8), activation=choose(rng, "relu", None, "tanh"))(x)


SEQUENCE_BLOCKS = (attention, conv_1d, conv_1d, pool_1d, lstm, lstm, dense)
