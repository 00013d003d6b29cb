"""Networks and layers that go from source to an int8 .tflite, with Keras's functional interface."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers as L


def conv_bn(x, filters, size=3, stride=1, activation="relu", depthwise=False, padding="same"):
    if depthwise:
        x = L.DepthwiseConv2D(size, stride, padding, use_bias=False)(x)
    else:
        x = L.Conv2D(filters, size, stride, padding, use_bias=False)(x)
    x = L.BatchNormalization()(x)
    if activation == "relu6":
        return L.ReLU(6.0)(x)
    if activation == "hard_swish":
        return L.Multiply()([x, hard_sigmoid(x)])
    return L.Activation(activation)(x) if activation else x


def hard_sigmoid(x):
    return L.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)


def classifier(inputs, x, classes=10):
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, L.Dense(classes, activation="softmax")(x))


def mobilenet_v1(size=96, alpha=0.25, classes=2):
    inputs = keras.Input((size, size, 3))
    x = conv_bn(inputs, int(32 * alpha), stride=2, activation="relu6")
    for filters, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        x = conv_bn(x, 0, stride=stride, activation="relu6", depthwise=True)
        x = conv_bn(x, int(filters * alpha), 1, activation="relu6")
    return classifier(inputs, x, classes)


def inverted_residual(x, expansion, filters, stride, activation="relu6", size=3, se=False):
    y = conv_bn(x, x.shape[-1] * expansion, 1, activation=activation) if expansion > 1 else x
    y = conv_bn(y, 0, size, stride, activation, depthwise=True)
    if se:
        y = squeeze_excite(y)
    y = conv_bn(y, filters, 1, activation=None)
    return L.Add()([x, y]) if stride == 1 and x.shape[-1] == filters else y


def squeeze_excite(x, ratio=4):
    channels = x.shape[-1]
    y = L.GlobalAveragePooling2D(keepdims=True)(x)
    y = L.Conv2D(channels // ratio, 1, activation="relu")(y)
    y = L.Conv2D(channels, 1)(y)
    return L.Multiply()([x, hard_sigmoid(y)])


def mobilenet_v2(size=96):
    inputs = keras.Input((size, size, 3))
    x = conv_bn(inputs, 16, stride=2, activation="relu6")
    for expansion, filters, count, stride in [(1, 8, 1, 1), (6, 12, 2, 2), (6, 16, 3, 2), (6, 32, 4, 2), (6, 48, 3, 1), (6, 80, 3, 2)]:
        for i in range(count):
            x = inverted_residual(x, expansion, filters, stride if i == 0 else 1)
    return classifier(inputs, conv_bn(x, 160, 1, activation="relu6"))


def mobilenet_v3(size=96):
    inputs = keras.Input((size, size, 3))
    x = L.Rescaling(1.0 / 127.5, offset=-1.0)(inputs)
    x = conv_bn(x, 16, stride=2, activation="hard_swish")
    for expansion, filters, kernel, stride, se, act in [
        (1, 16, 3, 2, True, "relu"), (4, 24, 3, 2, False, "relu"), (4, 24, 3, 1, False, "relu"), (4, 40, 5, 2, True, "hard_swish"),
        (6, 40, 5, 1, True, "hard_swish"), (3, 48, 5, 1, True, "hard_swish"), (6, 96, 5, 2, True, "hard_swish"),
    ]:
        x = inverted_residual(x, expansion, filters, stride, act, kernel, se)
    x = conv_bn(x, 128, 1, activation="hard_swish")
    x = L.GlobalAveragePooling2D(keepdims=True)(x)
    x = L.Conv2D(64, 1)(x)
    x = L.Multiply()([x, hard_sigmoid(x)])
    x = L.Conv2D(10, 1)(L.Dropout(0.2)(x))
    return keras.Model(inputs, L.Softmax()(L.Flatten()(x)))


def efficientnet_lite0(size=96):
    inputs = keras.Input((size, size, 3))
    x = conv_bn(L.ZeroPadding2D(((0, 1), (0, 1)))(inputs), 16, stride=2, activation="relu6", padding="valid")
    for expansion, filters, count, stride, kernel in [(1, 8, 1, 1, 3), (6, 12, 2, 2, 3), (6, 20, 2, 2, 5), (6, 40, 3, 2, 3), (6, 56, 3, 1, 5)]:
        for i in range(count):
            x = inverted_residual(x, expansion, filters, stride if i == 0 else 1, size=kernel)
    return classifier(inputs, conv_bn(x, 160, 1, activation="relu6"))


def resnet50(size=64):
    inputs = keras.Input((size, size, 3))
    x = L.ZeroPadding2D(3)(inputs)
    x = conv_bn(x, 16, 7, 2, padding="valid")
    x = L.MaxPooling2D(3, 2)(L.ZeroPadding2D(1)(x))
    for filters, blocks, stride in [(16, 3, 1), (32, 4, 2), (64, 6, 2), (128, 3, 2)]:
        for i in range(blocks):
            shortcut = x
            if i == 0:
                shortcut = conv_bn(x, 4 * filters, 1, stride, activation=None)
            y = conv_bn(x, filters, 1, stride if i == 0 else 1)
            y = conv_bn(conv_bn(y, filters, 3), 4 * filters, 1, activation=None)
            x = L.Activation("relu")(L.Add()([shortcut, y]))
    return classifier(inputs, x)


def squeezenet(size=64):
    inputs = keras.Input((size, size, 3))
    x = L.Conv2D(32, 3, strides=2, activation="relu", padding="valid")(inputs)
    x = L.MaxPooling2D(3, 2)(x)
    for i, (s, e) in enumerate([(8, 16), (8, 16), (16, 32), (16, 32)]):
        y = L.Conv2D(s, 1, activation="relu")(x)
        x = L.Concatenate()([L.Conv2D(e, 1, activation="relu")(y), L.Conv2D(e, 3, padding="same", activation="relu")(y)])
        if i == 1:
            x = L.MaxPooling2D(3, 2)(x)
    x = L.Conv2D(10, 1, activation="relu")(L.Dropout(0.5)(x))
    return keras.Model(inputs, L.Activation("softmax")(L.GlobalAveragePooling2D()(x)))


def unet(size=32):
    inputs = keras.Input((size, size, 1))
    skips, x = [], inputs
    for filters in (8, 16):
        x = conv_bn(conv_bn(x, filters), filters)
        skips.append(x)
        x = L.MaxPooling2D(2)(x)
    x = conv_bn(x, 32)
    for filters, skip, up in ((16, skips[1], "transpose"), (8, skips[0], "bilinear")):
        x = L.Conv2DTranspose(filters, 2, 2, padding="same")(x) if up == "transpose" else L.UpSampling2D(2, interpolation="bilinear")(x)
        x = conv_bn(L.Concatenate()([x, skip]), filters)
    return keras.Model(inputs, L.Conv2D(1, 1, activation="sigmoid")(x))


def resnet8():
    inputs = keras.Input((32, 32, 3))
    x = conv_bn(inputs, 16)
    for filters, stride in [(16, 1), (32, 2), (64, 2)]:
        y = conv_bn(conv_bn(x, filters, stride=stride), filters, activation=None)
        x = L.Conv2D(filters, 1, stride)(x) if stride != 1 else x
        x = L.Activation("relu")(L.Add()([x, y]))
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.Flatten()(L.AveragePooling2D(8)(x))))


def ds_cnn():
    inputs = keras.Input((49, 10, 1))
    x = conv_bn(inputs, 64, (10, 4), 2)
    for _ in range(4):
        x = conv_bn(conv_bn(x, 0, depthwise=True), 64, 1)
    return keras.Model(inputs, L.Dense(12, activation="softmax")(L.Flatten()(L.AveragePooling2D((25, 5))(L.Dropout(0.4)(x)))))


def autoencoder():
    inputs = keras.Input((640,))
    x = inputs
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = L.Activation("relu")(L.BatchNormalization()(L.Dense(units)(x)))
    return keras.Model(inputs, L.Dense(640)(x))


def image(build, size=12, channels=4):
    inputs = keras.Input((size, size, channels))
    return classifier(inputs, build(L.Conv2D(6, 3, padding="same")(inputs)), 3)


def series(build, steps=12, features=4):
    inputs = keras.Input((steps, features))
    x = build(L.Conv1D(6, 3, padding="same", activation="relu")(inputs))
    return keras.Model(inputs, L.Dense(3)(L.Flatten()(x)))


def layer_conv1d():
    return series(lambda x: L.Conv1D(8, 3, strides=2, padding="same", activation="relu")(x))


def layer_conv1d_causal():
    return series(lambda x: L.Conv1D(8, 3, padding="causal", dilation_rate=2)(x))


def layer_separable_conv1d():
    return series(lambda x: L.SeparableConv1D(8, 3, padding="same")(x))


def layer_conv2d_transpose():
    return image(lambda x: L.Conv2DTranspose(5, 3, 2, padding="same", activation="relu")(x))


def layer_conv2d_transpose_valid():
    return image(lambda x: L.Conv2DTranspose(5, 3, 2, padding="valid")(x))


def layer_grouped_conv():
    return image(lambda x: L.Conv2D(6, 3, groups=2, padding="same")(x))


def layer_depth_multiplier():
    return image(lambda x: L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu")(x))


def layer_multiply():
    return image(lambda x: L.Multiply()([x, L.Conv2D(6, 1, activation="sigmoid")(x)]))


def layer_subtract():
    return image(lambda x: L.Subtract()([x, L.Conv2D(6, 1)(x)]))


def layer_average():
    return image(lambda x: L.Average()([x, L.Conv2D(6, 1)(x), L.Conv2D(6, 3, padding="same")(x)]))


def layer_maximum():
    return image(lambda x: L.Maximum()([x, L.Conv2D(6, 1)(x)]))


def layer_minimum():
    return image(lambda x: L.Minimum()([x, L.Conv2D(6, 1)(x)]))


def layer_up_nearest():
    return image(lambda x: L.UpSampling2D(2)(x))


def layer_up_bilinear():
    return image(lambda x: L.UpSampling2D((2, 3), interpolation="bilinear")(x))


def layer_resizing():
    return image(lambda x: L.Resizing(7, 9)(x))


def layer_leaky_relu():
    return image(lambda x: L.LeakyReLU(0.2)(x))


def layer_prelu():
    return image(lambda x: L.PReLU(shared_axes=[1, 2])(x))


def layer_elu():
    return image(lambda x: L.ELU()(x))


def layer_swish():
    return image(lambda x: L.Activation("swish")(x))


def layer_hard_swish():
    return image(lambda x: L.Activation(tf.nn.silu)(x))


def layer_hard_sigmoid():
    return image(lambda x: L.Activation("hard_sigmoid")(x))


def layer_gelu():
    return image(lambda x: L.Activation("gelu")(x))


def layer_sigmoid():
    return image(lambda x: L.Activation("sigmoid")(x))


def layer_tanh():
    return image(lambda x: L.Activation("tanh")(x))


def layer_selu():
    return image(lambda x: L.Activation("selu")(x))


def layer_softplus():
    return image(lambda x: L.Activation("softplus")(x))


def layer_exponential():
    return image(lambda x: L.Activation("exponential")(x))


def layer_relu_variants():
    return image(lambda x: L.ReLU(max_value=4.0, negative_slope=0.1)(x))


def layer_thresholded():
    return image(lambda x: L.ReLU(threshold=0.5)(x))


def layer_softmax_axis():
    return image(lambda x: L.Softmax()(x))


def layer_layer_normalization():
    return image(lambda x: L.LayerNormalization()(x))


def layer_rescaling():
    return image(lambda x: L.Rescaling(0.5, 0.1)(x))


def layer_normalization():
    inputs = keras.Input((12, 12, 3))
    x = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 0.5])(inputs)
    return classifier(inputs, L.Conv2D(6, 3)(x), 3)


def layer_cropping():
    return image(lambda x: L.Cropping2D(((1, 2), (0, 3)))(x))


def layer_cropping1d():
    return series(lambda x: L.Cropping1D((1, 2))(x))


def layer_permute():
    return image(lambda x: L.Permute((2, 1, 3))(x))


def layer_global_max():
    inputs = keras.Input((12, 12, 3))
    return keras.Model(inputs, L.Dense(3)(L.GlobalMaxPooling2D()(L.Conv2D(6, 3)(inputs))))


def layer_global_max_keepdims():
    inputs = keras.Input((12, 12, 3))
    return keras.Model(inputs, L.Conv2D(3, 1)(L.GlobalMaxPooling2D(keepdims=True)(L.Conv2D(6, 3)(inputs))))


def layer_pool1d():
    return series(lambda x: L.AveragePooling1D(2)(L.MaxPooling1D(2)(x)))


def layer_global_pool1d():
    inputs = keras.Input((12, 4))
    x = L.Conv1D(6, 3)(inputs)
    return keras.Model(inputs, L.Dense(3)(L.Concatenate()([L.GlobalAveragePooling1D()(x), L.GlobalMaxPooling1D()(x)])))


def layer_zero_padding1d():
    return series(lambda x: L.Conv1D(4, 3)(L.ZeroPadding1D((2, 1))(x)))


def layer_upsampling1d():
    return series(lambda x: L.UpSampling1D(2)(x))


def layer_batch_norm_unfolded():
    return image(lambda x: L.BatchNormalization()(L.Activation("relu")(x)))


def layer_batch_norm_after_add():
    return image(lambda x: L.BatchNormalization()(L.Add()([x, L.Conv2D(6, 1)(x)])))


def layer_embedding():
    inputs = keras.Input((8,), dtype="int32")
    x = L.Embedding(20, 6)(inputs)
    return keras.Model(inputs, L.Dense(3)(L.GlobalAveragePooling1D()(x)))


def layer_simple_rnn():
    return series(lambda x: L.SimpleRNN(5, return_sequences=True)(x))


def layer_lstm():
    return series(lambda x: L.LSTM(5)(x))


def layer_gru():
    return series(lambda x: L.GRU(5)(x))


def layer_bidirectional():
    return series(lambda x: L.Bidirectional(L.LSTM(4, return_sequences=True))(x))


def layer_time_distributed():
    return series(lambda x: L.TimeDistributed(L.Dense(4, activation="relu"))(x))


def layer_reshape_repeat():
    inputs = keras.Input((16,))
    x = L.RepeatVector(3)(L.Dense(8, activation="relu")(inputs))
    return keras.Model(inputs, L.Dense(4)(L.Reshape((24,))(x)))


def layer_dot_attention():
    inputs = keras.Input((6, 8))
    q, k, v = L.Dense(4)(inputs), L.Dense(4)(inputs), L.Dense(4)(inputs)
    scores = L.Softmax()(L.Dot((2, 2))([q, k]))
    return keras.Model(inputs, L.Dense(3)(L.Flatten()(L.Dot((2, 1))([scores, v]))))


def layer_multi_head():
    inputs = keras.Input((6, 8))
    x = L.MultiHeadAttention(2, 4)(inputs, inputs)
    return keras.Model(inputs, L.Dense(3)(L.Flatten()(L.LayerNormalization()(L.Add()([inputs, x])))))


def layer_nested():
    inner = keras.Sequential([keras.Input((12, 12, 6)), L.Conv2D(4, 3, activation="relu"), L.BatchNormalization()])
    return image(lambda x: inner(x))


def layer_two_inputs():
    a, b = keras.Input((8, 8, 2)), keras.Input((5,))
    x = L.GlobalAveragePooling2D()(L.Conv2D(4, 3, activation="relu")(a))
    return keras.Model([a, b], L.Dense(2)(L.Concatenate()([x, L.Dense(4, activation="relu")(b)])))


def layer_two_outputs():
    inputs = keras.Input((8, 8, 2))
    x = L.Conv2D(4, 3, activation="relu")(inputs)
    return keras.Model(inputs, [L.Dense(2)(L.Flatten()(x)), L.Conv2D(1, 1, activation="sigmoid")(x)])


def layer_space_to_depth():
    return image(lambda x: L.Lambda(lambda v: tf.nn.depth_to_space(tf.nn.space_to_depth(v, 2), 2))(x))


def layer_unit_norm():
    return image(lambda x: L.UnitNormalization()(x))


def layer_l2_normalize():
    return image(lambda x: tf.math.l2_normalize(x, axis=-1))


def layer_group_norm():
    return image(lambda x: L.GroupNormalization(2)(x))
