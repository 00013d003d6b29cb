// Names of the operations whose shapes alone are known.

import type { Signature } from './names.ts';
import type { OperationName } from './operations.ts';

const all = (names: string, operation: OperationName, parameters: string): Readonly<Record<string, Signature>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, [operation, parameters]]));

/** `function` of a TFOpLambda: the exported name without `tf.`. */
export const TENSORFLOW_SHAPES_ONLY: Readonly<Record<string, Signature>> = {
  ...all(
    'math.greater math.greater_equal math.less math.less_equal math.equal math.not_equal __operators__.eq __operators__.ne math.logical_and math.logical_or math.logical_xor math.floordiv math.floormod math.mod math.atan2 math.divide_no_nan math.multiply_no_nan',
    'broadcasting',
    'x y',
  ),
  ...all(
    'math.logical_not math.sign math.erf math.log1p math.expm1 math.tan math.asin math.acos math.atan math.sinh math.cosh math.is_nan math.is_inf math.is_finite math.log_sigmoid math.reciprocal math.reciprocal_no_nan math.cumsum math.cumprod debugging.check_numerics nn.dropout nn.crelu math.sigmoid_cross_entropy math.invert_permutation image.per_image_standardization image.random_flip_left_right image.flip_left_right image.flip_up_down image.random_brightness image.random_contrast image.adjust_brightness image.adjust_contrast image.adjust_saturation image.adjust_hue image.random_hue image.random_saturation roll nn.local_response_normalization nn.bias_add linalg.band_part clip_by_norm sort argsort grad_pass_through quantization.fake_quant_with_min_max_vars quantization.fake_quant_with_min_max_args nn.batch_normalization math.xlogy random.shuffle image.convert_image_dtype math.polyval',
    'elementwise',
    'x',
  ),
  ...all('zeros_like ones_like compat.v1.zeros_like compat.v1.ones_like', 'elementwise', 'input:x'),
  ...all('where compat.v1.where_v2', 'where', 'condition x y'),
  ...all('zeros ones random.normal random.uniform random.truncated_normal random.stateless_normal', 'shaped', 'shape'),
  ...all('fill', 'shaped', 'dims:shape'),
  ...all('broadcast_to', 'broadcast_to', 'input:x shape'),
  ...all('one_hot', 'one_hot', 'indices:x depth on_value off_value axis'),
  ...all('gather compat.v1.gather', 'gather', 'params:x indices validate_indices axis batch_dims'),
  ...all('nn.embedding_lookup', 'gather', 'params:x ids:indices'),
  ...all('gather_nd compat.v1.gather_nd', 'gather_nd', 'params:x indices batch_dims'),
  ...all('einsum', 'einsum', 'equation [operands]'),
  ...all('tensordot', 'tensordot', 'a:x b:y axes'),
  ...all('math.top_k', 'top_k', 'input:x k'),
  ...all('nn.moments', 'moments', 'x axes shift keepdims'),
  ...all('norm', 'reducing', 'tensor:x ord axis keepdims'),
  ...all(
    'math.reduce_std math.reduce_variance math.reduce_logsumexp math.reduce_any math.reduce_all math.reduce_euclidean_norm math.count_nonzero',
    'reducing',
    'input_tensor:x axis keepdims',
  ),
  ...all('nn.conv2d nn.conv1d nn.convolution', 'convolve', 'input:x filters strides padding data_format dilations'),
  ...all('nn.depthwise_conv2d', 'convolve_depthwise', 'input:x filter:filters strides padding data_format dilations'),
  ...all('image.extract_patches', 'extract_patches', 'images:x sizes:size strides rates padding'),
  ...all('image.rgb_to_grayscale', 'to_one_channel', 'images:x'),
  ...all('image.grayscale_to_rgb', 'to_three_channels', 'images:x'),
  ...all('image.rgb_to_hsv image.hsv_to_rgb image.rgb_to_yuv image.yuv_to_rgb', 'elementwise', 'images:x'),
  ...all(
    'image.crop_to_bounding_box',
    'sized_to',
    'image:x offset_height offset_width target_height:height target_width:width',
  ),
  ...all(
    'image.resize_with_pad image.resize_with_crop_or_pad',
    'sized_to',
    'image:x target_height:height target_width:width',
  ),
  ...all('slice', 'slice', 'input_:x begin size'),
  ...all('split_n', 'split', 'x parts axis'),
};

/** Class of an operation of `keras.ops`. */
export const KERAS_3_SHAPES_ONLY: Readonly<Record<string, Signature>> = {
  ...all(
    'Greater GreaterEqual Less LessEqual Equal NotEqual LogicalAnd LogicalOr LogicalXor FloorDivide Mod Arctan2 DivideNoNan',
    'broadcasting',
    'x1:x x2:y',
  ),
  ...all(
    'LogicalNot Sign Erf Log1p Log2 Log10 Expm1 Tan Arcsin Arccos Arctan Sinh Cosh Isnan Isinf Isfinite Cumsum Cumprod Roll Sort Argsort ZerosLike OnesLike FullLike Reciprocal NanToNum Tril Triu Celu HardShrink SoftShrink TanhShrink Threshold Sparsemax Squareplus SparsePlus SparseSigmoid HardTanh RGBToHSV HSVToRGB LayerNorm RMSNorm ConvertToTensor SaturateCast Exp2 Trunc BatchNorm DropoutOp GaussianBlur',
    'elementwise',
    'x',
  ),
  ...all('Where', 'where', 'condition x1:x x2:y'),
  ...all('BroadcastTo', 'broadcast_to', 'x shape'),
  ...all('OneHot', 'one_hot', 'x num_classes:depth axis'),
  ...all('Take', 'gather', 'x indices axis'),
  ...all('Einsum', 'einsum', 'equation:equation subscripts:equation [operands]'),
  ...all('Tensordot', 'tensordot', 'x1:x x2:y axes'),
  ...all('Dot', 'dot', 'x1:x x2:y'),
  ...all('TopK', 'top_k', 'x k'),
  ...all('Moments', 'moments', 'x axes keepdims'),
  ...all('Norm', 'reducing', 'x ord axis keepdims'),
  ...all('Std Var Any All Median Logsumexp CountNonzero Average', 'reducing', 'x axis keepdims'),
  ...all('Conv', 'convolve', 'inputs:x kernel:filters strides padding data_format dilation_rate:dilations'),
  ...all(
    'DepthwiseConv',
    'convolve_depthwise',
    'inputs:x kernel:filters strides padding data_format dilation_rate:dilations',
  ),
  ...all('ExtractPatches', 'extract_patches', 'images:x size strides dilation_rate padding'),
  ...all('RGBToGrayscale', 'to_one_channel', 'images:x'),
  ...all('Swapaxes', 'swap_axes', 'x axis1 axis2'),
  ...all('Moveaxis', 'move_axis', 'x source destination'),
  ...all('DepthToSpace', 'depth_to_space', 'x block_size'),
  ...all('SpaceToDepth', 'space_to_depth', 'x block_size'),
  ...all('Slice', 'slice', 'inputs:x start_indices:begin shape:size'),
};
