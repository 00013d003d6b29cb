// What the sources of all applications share.

export const HELPERS = `
def check(weights, include_top, classes):
    if weights == 'imagenet' and include_top and classes != 1000:
        raise ValueError('If using weights="imagenet" with include_top=True, classes should be 1000.')

def source(inputs):
    from keras.utils import get_source_inputs
    sources = get_source_inputs(inputs)
    return sources[0] if len(sources) == 1 else sources

def preprocess_input(x, data_format=None):
    return x

def decode_predictions(preds, top=5):
    return preds
`;
