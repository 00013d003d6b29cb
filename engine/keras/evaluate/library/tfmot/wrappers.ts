// The layers that TFMOT puts around others, as Keras layers: what they add are the variables of quantizers, masks and centroids.

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
    def __init__(self, layer, variables, name=None):
        super().__init__(name=name)
        self.layer = layer
        self._count = variables

    def build(self, input_shape):
        self.add_weight(name='optimizer_step', shape=(), trainable=False)
        if self._count:
            self.add_weight(name='ranges', shape=(self._count,), trainable=False)

    def call(self, inputs):
        return self.layer(inputs)

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
