"""Gradients of one float training step by TensorFlow, of the network in test/engine/training/wasm-steps.test.ts.

  python test/oracles/training_gradients.py > test/oracles/training-gradients.json

Weights and inputs are drawn by the same generator (Mulberry32) in the same order as test/engine/training/networks.ts does, so
only gradients are stored: one list a trained tensor, in the order of drawing, in TFLite's layouts.
"""
import json
import math

import numpy as np
import tensorflow as tf

BATCH = 5
MASK = 0xFFFFFFFF


def mulberry(seed):
    a = seed & MASK
    while True:
        a = (a + 0x6D2B79F5) & MASK
        t = ((a ^ (a >> 15)) * (1 | a)) & MASK
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & MASK)) & MASK) ^ t
        yield ((t ^ (t >> 14)) & MASK) / 2**31 - 1


draw = mulberry(5)
trained = []


def weight(shape, scale, offset=0.0):
    values = [next(draw) * scale + offset for _ in range(math.prod(shape))]
    return tf.Variable(np.array(values, np.float32).reshape(shape))


def conv(x, kernel, filters, stride=1, activation=None, batch_norm=False, depthwise=False):
    channels = x.shape[-1]
    shape = [1, *kernel, filters] if depthwise else [filters, *kernel, channels]
    w = weight(shape, math.sqrt(3 / (kernel[0] * kernel[1] * (1 if depthwise else channels))))
    b = weight([filters], 0.3)
    trained.extend([w, b])
    strides = [1, stride, stride, 1]
    if depthwise:
        y = tf.nn.depthwise_conv2d(x, tf.reshape(w, [*kernel, channels, filters // channels]), strides, "SAME")
    else:
        y = tf.nn.conv2d(x, tf.transpose(w, [1, 2, 3, 0]), strides, "SAME")
    y = y + b
    if batch_norm:
        gamma, beta = weight([filters], 0.5, 0.9), weight([filters], 0.3)
        weight([filters], 0.2), weight([filters], 0.2, 0.8)  # running statistics: drawn, not used
        trained.extend([gamma, beta])
        mean, variance = tf.nn.moments(y, [0, 1, 2])
        y = tf.nn.batch_normalization(y, mean, variance, beta, gamma, 1e-3)
    return activation(y) if activation else y


inputs = mulberry(3)
images = np.array([next(inputs) for _ in range(BATCH * 12 * 10 * 3)], np.float32).reshape(BATCH, 12, 10, 3)
with tf.GradientTape() as tape:
    relu, relu6 = tf.nn.relu, tf.nn.relu6
    x = conv(tf.constant(images), (3, 3), 8, 1, relu, True)
    y = conv(x, (3, 3), 16, 2, relu, True)
    total = relu(y + conv(x, (1, 1), 16, 2))
    wide = conv(total, (3, 3), 32, 1, relu6, True, depthwise=True)
    narrow = conv(wide, (1, 1), 12, 1, relu, True)
    deep = conv(narrow, (3, 3), 12, 2, relu, True, depthwise=True)
    features = tf.reduce_mean(deep, [1, 2])
    w, b = weight([5, 12], math.sqrt(3 / 12)), weight([5], 0.3)
    trained.extend([w, b])
    logits = features @ tf.transpose(w) + b
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.range(BATCH), logits))
gradients = tape.gradient(loss, trained)
print(json.dumps({"loss": float(loss), "gradients": [[float(f"{g:.6g}") for g in tf.reshape(t, [-1]).numpy()] for t in gradients]}))
