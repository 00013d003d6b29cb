// What the sources of all applications share.

export const HELPERS = `
def check(weights, include_top, classes):
    if weights == 'imagenet' and include_top and classes != 1000:
        raise ValueError('If using weights="imagenet" with include_top=True, classes should be 1000.')

def source(inputs):
    from keras.utils import get_source_inputs
    sources = get_source_inputs(inputs)
    return sources[0] if len(sources) == 1 else sources

def decode_predictions(preds, top=5):
    return preds
`;

/** `preprocess_input` as each model has it: `tf` to −1…1, `torch` and `caffe` by channel, or nothing. */
export const PREPROCESS = {
  none: `
def preprocess_input(x, data_format=None):
    return x
`,
  tf: `
def preprocess_input(x, data_format=None):
    x = x / 127.5
    return x - 1.0
`,
  torch: `
def preprocess_input(x, data_format=None):
    from keras.applications.imagenet_utils import shift_channels
    x = shift_channels(x / 255.0, [0.485, 0.456, 0.406])
    return x / [0.229, 0.224, 0.225]
`,
  caffe: `
def preprocess_input(x, data_format=None):
    from keras.applications.imagenet_utils import reverse_channels, shift_channels
    return shift_channels(reverse_channels(x), [103.939, 116.779, 123.68])
`,
};
