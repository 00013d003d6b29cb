// Names of Keras's own layer classes, of tf_keras 2.20 and Keras 3.15 together: what is not here is the user's.

const NAMES = `
  AbstractRNNCell Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
  AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention
  AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D
  BatchNormalization Bidirectional CategoryEncoding CenterCrop ClassMethod Concatenate
  ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
  ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM CutMix Dense DenseFeatures
  DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout DynamicEmbedding DynamicLookup ELU EinsumDense
  Embedding Equalization Flatten FlaxLayer Functional GRU GRUCell GaussianDropout GaussianNoise
  GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
  GlobalMaxPooling3D GroupNormalization GroupedQueryAttention HashedCrossing Hashing Identity InputLayer
  InstanceMethod InstanceProperty IntegerLookup JaxLayer LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU
  LocallyConnected1D LocallyConnected2D Masking MaxNumBoundingBoxes MaxPooling1D MaxPooling2D MaxPooling3D Maximum
  MelSpectrogram Minimum MixUp Model MultiHeadAttention Multiply Normalization PReLU Permute Pipeline
  PreprocessingLayer RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
  RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomFourierFeatures
  RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective RandomPosterization
  RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom ReLU
  RepeatVector Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D
  Sequential SimpleRNN SimpleRNNCell SlicingOpLambda Softmax Solarization SpatialDropout1D SpatialDropout2D
  SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract SyncBatchNormalization TFOpLambda
  TFSMLayer TensorFlowOpLayer TextVectorization ThresholdedReLU TimeDistributed TorchModuleWrapper
  UnitNormalization UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D
`;

const KERAS_CLASSES: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));

/** `Operation` stands for every raw op of Keras 3, whose classes are too many to list. */
export const isKerasClass = (className: string): boolean => KERAS_CLASSES.has(className);

/** Initializers of Keras, and activations that may stand as objects: layers. */
const OBJECTS: ReadonlySet<string> = new Set(
  `zeros ones constant randomnormal randomuniform truncatednormal variancescaling orthogonal orthogonalinitializer identity
   identityinitializer glorotnormal glorotuniform henormal heuniform lecunnormal lecununiform stft`.split(/\s+/),
);

/** By either spelling: `GlorotUniform`, `glorot_uniform`. */
export const isKerasObject = (className: string): boolean =>
  OBJECTS.has(className.toLowerCase().replaceAll('_', '')) || KERAS_CLASSES.has(className);
