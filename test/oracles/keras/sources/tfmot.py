# TFMOT: quantize, annotate and apply, prune, strip, cluster.
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from tensorflow.keras import layers, Sequential, Model, Input

def base():
    return Sequential([layers.InputLayer(input_shape=(28, 28)), layers.Reshape((28, 28, 1)), layers.Conv2D(12, 3, activation='relu'), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)])

m1 = base()
q1 = tfmot.quantization.keras.quantize_model(m1)

i = Input((32, 32, 3))
x = layers.Conv2D(8, 3, padding='same', use_bias=False)(i)
x = layers.BatchNormalization()(x)
x = layers.ReLU(6.)(x)
y = layers.DepthwiseConv2D(3, padding='same')(x)
y = layers.BatchNormalization()(y)
y = layers.Activation('relu')(y)
z = layers.Conv2D(8, 1)(y)
z = layers.BatchNormalization()(z)
x = layers.Add()([x, z])
x = layers.ReLU()(x)
a = layers.Conv2D(4, 1, activation='relu')(x)
b = layers.AveragePooling2D(3, 1, padding='same')(x)
x = layers.Concatenate()([a, b])
x = layers.SeparableConv2D(16, 3)(x)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(.2)(x)
x = layers.Dense(10, activation='softmax')(x)
m2 = Model(i, x)
q2 = tfmot.quantization.keras.quantize_model(m2)

m3 = Sequential([tfmot.quantization.keras.quantize_annotate_layer(layers.Dense(16, input_shape=(20,), activation='relu')), layers.Dense(8, activation='relu'), tfmot.quantization.keras.quantize_annotate_layer(layers.Dense(2))])
q3 = tfmot.quantization.keras.quantize_apply(m3)

p1 = tfmot.sparsity.keras.prune_low_magnitude(base())
s1 = tfmot.sparsity.keras.strip_pruning(p1)

c1 = tfmot.clustering.keras.cluster_weights(base(), number_of_clusters=16, cluster_centroids_init=tfmot.clustering.keras.CentroidInitialization.LINEAR)

quantizers = tfmot.quantization.keras.quantizers


class FixedRange(quantizers.Quantizer):
    def build(self, tensor_shape, name, layer):
        return {}

    def __call__(self, inputs, training, weights, **kwargs):
        return tf.quantization.fake_quant_with_min_max_args(inputs, -1.0, 1.0)

    def get_config(self):
        return {}


class FourBits(tfmot.quantization.keras.QuantizeConfig):
    def get_weights_and_quantizers(self, layer):
        return [(layer.kernel, quantizers.LastValueQuantizer(num_bits=4, symmetric=True, narrow_range=False, per_axis=True))]

    def get_activations_and_quantizers(self, layer):
        return [(layer.activation, quantizers.MovingAverageQuantizer(num_bits=8, symmetric=False, narrow_range=False, per_axis=False))]

    def set_quantize_weights(self, layer, quantize_weights):
        layer.kernel = quantize_weights[0]

    def set_quantize_activations(self, layer, quantize_activations):
        layer.activation = quantize_activations[0]

    def get_output_quantizers(self, layer):
        return []

    def get_config(self):
        return {}


class Fixed(FourBits):
    def get_activations_and_quantizers(self, layer):
        return [(layer.activation, FixedRange())]

    def get_output_quantizers(self, layer):
        return [quantizers.AllValuesQuantizer(num_bits=8, symmetric=False, narrow_range=False, per_axis=False)]


class OwnDense(layers.Dense):
    pass


annotate = tfmot.quantization.keras.quantize_annotate_layer
with tfmot.quantization.keras.quantize_scope({'FourBits': FourBits, 'Fixed': Fixed, 'OwnDense': OwnDense}):
    q5 = tfmot.quantization.keras.quantize_apply(
        tfmot.quantization.keras.quantize_annotate_model(
            Sequential([annotate(OwnDense(20, input_shape=(20,), activation='softmax'), FourBits()), layers.Flatten(), annotate(layers.Dense(3), Fixed())])
        )
    )
