# Keras 3: operations, patches, attention.
import os
os.environ['KERAS_BACKEND']='tensorflow'
import keras
from keras import layers, ops
inputs = keras.Input((32,32,3))
x = layers.Rescaling(1./255)(inputs)
p = layers.Conv2D(64, 4, strides=4)(x)
p = layers.Reshape((64, 64))(p)
q = ops.mean(p, axis=1)
r = ops.concatenate([q, q * 2], axis=-1)
s = keras.activations.gelu(r)
t = s[:, :10] + 1
m = keras.Model(inputs, t)
class Patches(layers.Layer):
    def __init__(self, patch_size):
        super().__init__()
        self.patch_size = patch_size
    def call(self, images):
        shape = ops.shape(images)
        b, h, w, c = shape
        nh = h // self.patch_size
        nw = w // self.patch_size
        patches = ops.image.extract_patches(images, size=self.patch_size)
        return ops.reshape(patches, (b, nh * nw, self.patch_size * self.patch_size * c))
class PatchEncoder(layers.Layer):
    def __init__(self, n, d):
        super().__init__()
        self.n = n
        self.projection = layers.Dense(units=d)
        self.position_embedding = layers.Embedding(input_dim=n, output_dim=d)
    def call(self, patch):
        positions = ops.expand_dims(ops.arange(start=0, stop=self.n, step=1), axis=0)
        return self.projection(patch) + self.position_embedding(positions)
i = keras.Input((72,72,3))
x = Patches(6)(i)
x = PatchEncoder(144, 64)(x)
for _ in range(2):
    x1 = layers.LayerNormalization(epsilon=1e-6)(x)
    a = layers.MultiHeadAttention(num_heads=4, key_dim=64, dropout=0.1)(x1, x1)
    x2 = layers.Add()([a, x])
    x = x2
vit = keras.Model(i, layers.Dense(10)(layers.Flatten()(x)))
class MLP(keras.Model):
    def __init__(self):
        super().__init__()
        self.d1 = layers.Dense(4)
        self.d2 = layers.Dense(2)
    def call(self, x):
        return self.d2(self.d1(x))
mlp = MLP()
mlp(ops.ones((1, 3)))
seq = keras.Sequential([keras.Input((8,)), layers.Dense(4, activation='relu'), layers.Dropout(.5), layers.Dense(2)])
dd = keras.Model(seq.inputs, seq.layers[0].output)


# Masks: operations of the graph that recurrent layers are fed by.
tokens = keras.Input((8,), dtype="int32")
embedded = keras.layers.Embedding(100, 16, mask_zero=True)(tokens)
embedded = keras.layers.Dropout(0.1)(embedded)
sequence = keras.layers.LSTM(8, return_sequences=True)(embedded)
masked = keras.Model(tokens, [keras.layers.GRU(4)(sequence), keras.layers.GlobalAveragePooling1D()(embedded)])
series = keras.Input((20, 3))
steps = keras.layers.TimeDistributed(keras.layers.Dense(4))(keras.layers.Masking(-1.0)(series))
steps, hidden, _ = keras.layers.LSTM(5, return_state=True, return_sequences=True)(steps)
masked_states = keras.Model(series, [keras.layers.LSTM(2)(steps), hidden])
unmasked = keras.Model(tokens, keras.layers.LSTM(3)(keras.layers.Conv1D(4, 3)(embedded)))
