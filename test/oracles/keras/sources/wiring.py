# Raw ops, shared layers, Lambda, U-Net, feature extraction, recurrence, clones.
import tensorflow as tf
from tensorflow.keras.applications import VGG16, ResNet50V2, DenseNet121, EfficientNetB0
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras import layers, Model
base = VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
for l in base.layers[:-4]:
    l.trainable = False
x = base.output
x = layers.Flatten()(x)
x = layers.Dense(256, activation='relu')(x)
x = layers.Dropout(0.5)(x)
out = layers.Dense(2, activation='softmax')(x)
model = Model(inputs=base.input, outputs=out)
i = tf.keras.Input((64, 64, 3))
y = tf.keras.applications.vgg16.preprocess_input(i)
y = base(y)
y = layers.GlobalAveragePooling2D()(y)
m2 = Model(i, y)
z = tf.keras.applications.densenet.preprocess_input(i)
m3 = Model(i, z)
feat = Model(base.input, [base.get_layer('block1_pool').output, base.get_layer('block3_pool').output])
u = tf.image.resize(i, (32, 32))
u = tf.nn.relu(tf.keras.layers.Conv2D(3, 3, padding='same')(u))
u = tf.concat([u, u], axis=-1)
u = tf.keras.backend.mean(u, axis=[1, 2])
u = tf.expand_dims(u, -1)
u = tf.squeeze(u, -1)
u = tf.matmul(u, u, transpose_b=True) if False else u
u = u / 2. - 1
u = -u
u = tf.keras.activations.swish(u)
u = tf.where(u > 0, u, 0.1 * u)
m4 = Model(i, u)
def unet_block(x, f, pool=True):
    c = layers.Conv2D(f, 3, padding='same', activation='relu')(x)
    return (c, layers.MaxPool2D()(c)) if pool else c
c1, p1 = unet_block(i, 8)
c2, p2 = unet_block(p1, 16)
b = unet_block(p2, 32, False)
u2 = layers.concatenate([layers.Conv2DTranspose(16, 2, strides=2, padding='same')(b), c2])
u1 = layers.concatenate([layers.UpSampling2D()(u2), c1])
unet = Model(i, layers.Conv2D(1, 1, activation='sigmoid')(u1), name='unet')
lam = tf.keras.Sequential([layers.Lambda(lambda t: tf.reduce_mean(t, axis=1), input_shape=(10, 4)), layers.Dense(2)])
lam.add(layers.Activation(tf.nn.relu6))
shared = layers.Dense(8, name='shared')
a1, a2 = tf.keras.Input((4,)), tf.keras.Input((4,))
d = layers.Lambda(lambda t: tf.abs(t[0] - t[1]))([shared(a1), shared(a2)])
siam = Model([a1, a2], layers.Dense(1)(d))
td = tf.keras.Sequential([layers.TimeDistributed(layers.Conv2D(4, 3), input_shape=(5, 8, 8, 1)), layers.TimeDistributed(layers.Flatten()), layers.LSTM(6, return_sequences=True), layers.GRU(3), layers.Dense(1)])
cc = tf.keras.models.clone_model(td)
