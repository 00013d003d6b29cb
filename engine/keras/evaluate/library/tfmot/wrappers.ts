// The layers that TFMOT puts around others, as Keras layers: what they add are the variables of quantizers, masks and centroids.

/** Classes that programs derive their own from, or make. */
export const QUANTIZE_CLASSES =
  /^(Quantizer|LastValueQuantizer|MovingAverageQuantizer|AllValuesQuantizer|QuantizeConfig|NoOpQuantizeConfig|Default8Bit(Output|Conv)?QuantizeConfig)$/;

export const WRAPPERS = `
from keras import layers

class QuantizeAnnotate(layers.Layer):
    def __init__(self, layer, quantize_config=None, name=None):
        super().__init__(name=name)
        self.layer = layer
        self.quantize_config = quantize_config

    def call(self, inputs):
        return self.layer(inputs)

class QuantizeLayer(layers.Layer):
    def build(self, input_shape):
        for name in ('min', 'max', 'optimizer_step'):
            self.add_weight(name=name, shape=(), trainable=False)

    def call(self, inputs):
        return inputs

class QuantizeWrapperV2(layers.Layer):
    def __init__(self, layer, variables, name=None, config=None):
        super().__init__(name=name)
        self.layer = layer
        self._count = variables
        self._config = config

    def build(self, input_shape):
        self.add_weight(name='optimizer_step', shape=(), trainable=False)
        if self._count:
            self.add_weight(name='ranges', shape=(self._count,), trainable=False)

    def call(self, inputs):
        outputs = self.layer(inputs)
        if self._config is not None and not self.built_here:
            self.built_here = True
            self._build_quantizers(outputs)
        return outputs

    def _build_quantizers(self, outputs):
        for weight, quantizer in self._config.get_weights_and_quantizers(self.layer):
            quantizer.build(weight.shape, 'weight', self)
        for activation, quantizer in self._config.get_activations_and_quantizers(self.layer):
            name = getattr(activation, '__name__', activation or 'linear')
            if name in ('softmax', 'sigmoid', 'tanh', 'gelu'):
                quantizer.build(None, 'pre_activation', self)
            if name in ('linear', 'relu', 'swish', 'gelu'):
                quantizer.build(None, 'post_activation', self)
        quantizers = self._config.get_output_quantizers(self.layer)
        if quantizers:
            quantizers[0].build(outputs.shape, 'output', self)

    built_here = False

class Quantizer:
    def build(self, tensor_shape, name, layer):
        return {}

class _RangeQuantizer(Quantizer):
    def __init__(self, num_bits=8, per_axis=False, symmetric=False, narrow_range=False):
        self.num_bits = num_bits
        self.per_axis = per_axis
        self.symmetric = symmetric
        self.narrow_range = narrow_range

    def build(self, tensor_shape, name, layer):
        shape = (tensor_shape[-1],) if self.per_axis and tensor_shape is not None else ()
        low = layer.add_weight(name=name + '_min', shape=shape, trainable=False)
        high = layer.add_weight(name=name + '_max', shape=shape, trainable=False)
        return {'min_var': low, 'max_var': high}

class LastValueQuantizer(_RangeQuantizer):
    pass

class MovingAverageQuantizer(_RangeQuantizer):
    pass

class AllValuesQuantizer(_RangeQuantizer):
    pass

class QuantizeConfig:
    def get_config(self):
        return {}

class NoOpQuantizeConfig(QuantizeConfig):
    def get_weights_and_quantizers(self, layer):
        return []

    def get_activations_and_quantizers(self, layer):
        return []

    def get_output_quantizers(self, layer):
        return []

class Default8BitOutputQuantizeConfig(NoOpQuantizeConfig):
    def get_output_quantizers(self, layer):
        return [MovingAverageQuantizer()]

class Default8BitQuantizeConfig(QuantizeConfig):
    def __init__(self, weight_attrs, activation_attrs, quantize_output):
        self.weight_attrs = weight_attrs
        self.activation_attrs = activation_attrs
        self.quantize_output = quantize_output
        self.weight_quantizer = LastValueQuantizer()
        self.activation_quantizer = MovingAverageQuantizer()

    def get_weights_and_quantizers(self, layer):
        return [(getattr(layer, name), self.weight_quantizer) for name in self.weight_attrs]

    def get_activations_and_quantizers(self, layer):
        return [(getattr(layer, name), self.activation_quantizer) for name in self.activation_attrs]

    def get_output_quantizers(self, layer):
        return [self.activation_quantizer] if self.quantize_output else []

class Default8BitConvQuantizeConfig(Default8BitQuantizeConfig):
    def __init__(self, weight_attrs, activation_attrs, quantize_output):
        super().__init__(weight_attrs, activation_attrs, quantize_output)
        self.weight_quantizer = LastValueQuantizer(per_axis=True)

class PruneLowMagnitude(layers.Layer):
    def __init__(self, layer, weight=None, name=None):
        super().__init__(name=name)
        self.layer = layer
        self._pruned = weight

    def call(self, inputs):
        outputs = self.layer(inputs)
        if not self.built_here:
            if self._pruned:
                weight = self.layer._variable(self._pruned)
                self.add_weight(name='mask', shape=weight.shape, trainable=False)
                self.add_weight(name='threshold', shape=(), trainable=False)
            self.add_weight(name='pruning_step', shape=(), trainable=False)
            self.built_here = True
        return outputs

    built_here = False

class ClusterWeights(layers.Layer):
    def __init__(self, layer, weight=None, clusters=None, name=None):
        super().__init__(name=name)
        self.layer = layer
        self._clustered = weight
        self._clusters = clusters

    def call(self, inputs):
        outputs = self.layer(inputs)
        if not self.built_here:
            if self._clustered:
                weight = self.layer._variable(self._clustered)
                self.add_weight(name='cluster_centroids', shape=(self._clusters,))
                self.add_weight(name='pulling_indices', shape=weight.shape, trainable=False)
            self.built_here = True
        return outputs

    built_here = False
`;
