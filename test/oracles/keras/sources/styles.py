# Scripts of many styles: GAN, squeeze and excite, attention, recurrence, subclassed models, several inputs.
from __future__ import print_function
import numpy as np, os, sys, time, datetime
import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.models import *
from tensorflow.keras import backend as K
from tensorflow.keras.optimizers import Adam
from tensorflow.keras import layers, initializers, regularizers

class GAN():
    def __init__(self):
        self.img_rows, self.img_cols, self.channels = 28, 28, 1
        self.img_shape = (self.img_rows, self.img_cols, self.channels)
        self.latent_dim = 100
        optimizer = Adam(0.0002, 0.5)
        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
        self.generator = self.build_generator()
        z = Input(shape=(self.latent_dim,))
        img = self.generator(z)
        self.discriminator.trainable = False
        validity = self.discriminator(img)
        self.combined = Model(z, validity)
        self.combined.compile(loss='binary_crossentropy', optimizer=optimizer)
    def build_generator(self):
        model = Sequential()
        model.add(Dense(256, input_dim=self.latent_dim))
        model.add(LeakyReLU(alpha=0.2))
        model.add(BatchNormalization(momentum=0.8))
        model.add(Dense(np.prod(self.img_shape), activation='tanh'))
        model.add(Reshape(self.img_shape))
        model.summary()
        noise = Input(shape=(self.latent_dim,))
        img = model(noise)
        return Model(noise, img)
    def build_discriminator(self):
        model = Sequential()
        model.add(Flatten(input_shape=self.img_shape))
        model.add(Dense(512))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dense(1, activation='sigmoid'))
        img = Input(shape=self.img_shape)
        validity = model(img)
        return Model(img, validity)
gan = GAN()
gd, gg, gc = gan.discriminator, gan.generator, gan.combined

def residual_unit(x, filters, stride=1, bottleneck=False):
    in_channel = K.int_shape(x)[-1]
    shortcut = x
    if stride != 1 or in_channel != filters:
        shortcut = Conv2D(filters, 1, strides=stride, padding='same', kernel_regularizer=regularizers.l2(1e-4))(x)
        shortcut = BatchNormalization()(shortcut)
    x = Conv2D(filters, (3, 3), strides=(stride, stride), padding='same')(x)
    x = BatchNormalization(axis=-1)(x)
    x = Activation('relu')(x)
    x = Conv2D(filters, 3, padding='same')(x)
    x = BatchNormalization()(x)
    # squeeze and excite
    se = GlobalAveragePooling2D()(x)
    se = Reshape((1, 1, filters))(se)
    se = Dense(filters // 8, activation='relu', use_bias=False)(se)
    se = Dense(filters, activation='sigmoid', use_bias=False)(se)
    x = multiply([x, se])
    x = add([x, shortcut])
    return ReLU()(x)
inp = Input((32, 32, 3))
x = inp
for i, (f, n) in enumerate(zip((16, 32), (2, 1))):
    for j in range(n):
        x = residual_unit(x, f, stride=2 if j == 0 and i > 0 else 1)
x = GlobalAveragePooling2D()(x)
rn = Model(inputs=[inp], outputs=[Dense(10, activation='softmax')(x)], name='rn')

class Attn(Layer):
    def __init__(self, units=16, **kwargs):
        super(Attn, self).__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.W = self.add_weight(name='att_weight', shape=(input_shape[-1], 1), initializer='normal')
        self.b = self.add_weight(name='att_bias', shape=(input_shape[1], 1), initializer='zeros')
        super(Attn, self).build(input_shape)
    def call(self, x):
        et = K.squeeze(K.tanh(K.dot(x, self.W) + self.b), axis=-1)
        at = K.softmax(et)
        at = K.expand_dims(at, axis=-1)
        return K.sum(x * at, axis=1)
    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])
    def get_config(self):
        return super(Attn, self).get_config()
ti = Input(shape=(20,))
e = Embedding(1000, 32, input_length=20)(ti)
e = SpatialDropout1D(0.2)(e)
l = Bidirectional(LSTM(16, return_sequences=True, dropout=.1))(e)
a = Attn()(l)
c = concatenate([a, GlobalMaxPooling1D()(l), Lambda(lambda t: K.mean(t, axis=1))(l)])
att = Model(ti, Dense(3, activation='softmax')(Dropout(0.3)(c)))

tcn = Sequential([Conv1D(8, 3, padding='causal', dilation_rate=d, activation='relu') if d > 1 else Conv1D(8, 3, padding='causal', input_shape=(None, 4)) for d in (1, 2, 4)] + [Flatten() if False else GlobalAveragePooling1D(), Dense(1)])
cl = Sequential()
cl.add(ConvLSTM2D(filters=4, kernel_size=(3, 3), input_shape=(None, 10, 10, 1), padding='same', return_sequences=True))
cl.add(BatchNormalization())
cl.add(Conv3D(1, (3, 3, 3), activation='sigmoid', padding='same'))
cap_in = Input((8,)); img_in = Input((5,))
both = Model([cap_in, img_in], Dense(2)(Concatenate()([Dense(4)(cap_in), Dense(4)(img_in)])))
class Net(tf.keras.Model):
    def __init__(self, n):
        super().__init__(name='net')
        self.blocks = [Dense(n, activation='relu') for _ in range(3)]
        self.out = Dense(1)
    def call(self, x, training=False):
        for b in self.blocks:
            x = b(x)
        return self.out(x)
net = Net(4)
net.build((None, 6))
net2 = Net(3)
_ = net2(tf.zeros((1, 5)))
ae_in = Input(shape=(784,))
enc = Dense(32, activation='relu', activity_regularizer=regularizers.l1(1e-5))(ae_in)
dec = Dense(784, activation='sigmoid')(enc)
autoencoder = Model(ae_in, dec)
encoder = Model(ae_in, enc)
emb_u, emb_i = Input((1,)), Input((1,))
u = Flatten()(Embedding(100, 8)(emb_u)); v = Flatten()(Embedding(50, 8)(emb_i))
mf = Model([emb_u, emb_i], Dot(axes=1)([u, v]))
s2s_in = Input((None, 7))
o, h, cst = LSTM(5, return_state=True)(s2s_in)
d_in = Input((None, 9))
dl = LSTM(5, return_sequences=True, return_state=True)
do, _, _ = dl(d_in, initial_state=[h, cst])
s2s = Model([s2s_in, d_in], Dense(9, activation='softmax')(do))
