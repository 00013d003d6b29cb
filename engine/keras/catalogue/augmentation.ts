// Layers that change training images at random and give them back as they are at inference.

import type { LayerSpec, Parameter } from './layer-spec.ts';
import { optional, required, seed } from './parameters.ts';
import { ELEMENTWISE, IDENTITY } from './spec-parts.ts';

const valueRange = optional('value_range', 'any', [0, 255]);
const format = optional('data_format', 'dataFormat', null);
const format3 = optional('data_format', 'dataFormat', null, 3);
const factor = required('factor', 'any');
const anyFactor = (value: number) => optional('factor', 'any', value);
const bilinear = optional('interpolation', 'string', 'bilinear');
const fillMode = optional('fill_mode', 'string', 'reflect');
const fillValue = optional('fill_value', 'any', 0);

function augmentation(name: string, documentation: string, parameters: readonly Parameter[], only?: 3): LayerSpec {
  const both: LayerSpec = {
    class: name,
    documentation: `In training, ${documentation}.`,
    parameters,
    ...ELEMENTWISE,
    lower: IDENTITY,
  };
  return only === undefined ? both : { ...both, only };
}

const in3 = (name: string, documentation: string, parameters: readonly Parameter[]) =>
  augmentation(name, documentation, parameters, 3);

/** In alphabetical order. */
export const AUGMENTATIONS: readonly LayerSpec[] = [
  in3('AugMix', 'mixes chains of random changes', [
    valueRange,
    optional('num_chains', 'integer', 3),
    optional('chain_depth', 'integer', 3),
    anyFactor(0.3),
    optional('alpha', 'number', 1),
    optional('all_ops', 'boolean', true),
    bilinear,
    seed,
    format,
  ]),
  in3('AutoContrast', 'stretches the contrast to the whole range', [valueRange]),
  in3('ContrastLimitedAdaptiveHistogramEqualization', 'equalizes histograms of tiles', [
    valueRange,
    optional('clip_limit', 'number', 4),
    optional('tile_grid_size', 'any', [8, 8]),
    format,
  ]),
  in3('CutMix', 'pastes a patch of one image into another', [anyFactor(1), seed, format]),
  in3('Equalization', 'equalizes the histogram', [valueRange, optional('bins', 'integer', 256), format]),
  in3('MixUp', 'mixes two images', [optional('alpha', 'number', 0.2), format, seed]),
  in3('RandAugment', 'applies random changes', [
    valueRange,
    optional('num_ops', 'integer', 2),
    anyFactor(0.5),
    bilinear,
    seed,
    format,
  ]),
  augmentation('RandomBrightness', 'changes the brightness', [factor, valueRange, seed]),
  in3('RandomColorDegeneration', 'takes color away', [factor, valueRange, format, seed]),
  in3('RandomColorJitter', 'changes brightness, contrast, saturation and hue', [
    valueRange,
    optional('brightness_factor', 'any', null),
    optional('contrast_factor', 'any', null),
    optional('saturation_factor', 'any', null),
    optional('hue_factor', 'any', null),
    seed,
    format,
  ]),
  augmentation('RandomContrast', 'changes the contrast', [factor, { ...valueRange, only: 3 }, seed]),
  in3('RandomElasticTransform', 'bends images', [
    anyFactor(1),
    optional('scale', 'any', 1),
    bilinear,
    fillMode,
    fillValue,
    valueRange,
    seed,
    format,
  ]),
  in3('RandomErasing', 'erases a rectangle', [
    anyFactor(1),
    optional('scale', 'any', [0.02, 0.33]),
    optional('fill_value', 'any', null),
    valueRange,
    seed,
    format,
  ]),
  augmentation('RandomFlip', 'mirrors images', [optional('mode', 'string', 'horizontal_and_vertical'), seed, format3]),
  in3('RandomGaussianBlur', 'blurs images', [
    anyFactor(1),
    optional('kernel_size', 'any', 3),
    optional('sigma', 'any', 1),
    valueRange,
    format,
    seed,
  ]),
  in3('RandomGrayscale', 'turns images gray', [anyFactor(0.5), format, seed]),
  in3('RandomHue', 'changes the hue', [factor, valueRange, format, seed]),
  in3('RandomInvert', 'inverts images', [anyFactor(1), valueRange, seed, format]),
  in3('RandomPerspective', 'changes the perspective', [
    anyFactor(1),
    optional('scale', 'any', 1),
    bilinear,
    fillValue,
    seed,
    format,
  ]),
  in3('RandomPosterization', 'lowers the number of bits', [factor, valueRange, format, seed]),
  augmentation('RandomRotation', 'turns images', [factor, fillMode, bilinear, seed, fillValue, format3]),
  in3('RandomSaturation', 'changes the saturation', [factor, valueRange, format, seed]),
  in3('RandomSharpness', 'changes the sharpness', [factor, valueRange, format, seed]),
  in3('RandomShear', 'shears images', [
    optional('x_factor', 'any', 0),
    optional('y_factor', 'any', 0),
    bilinear,
    fillMode,
    fillValue,
    format,
    seed,
  ]),
  augmentation('RandomTranslation', 'shifts images', [
    required('height_factor', 'any'),
    required('width_factor', 'any'),
    fillMode,
    bilinear,
    seed,
    fillValue,
    format3,
  ]),
  augmentation('RandomZoom', 'zooms images', [
    required('height_factor', 'any'),
    optional('width_factor', 'any', null),
    fillMode,
    bilinear,
    seed,
    fillValue,
    format3,
  ]),
  in3('Solarization', 'inverts bright pixels', [
    optional('addition_factor', 'any', 0),
    optional('threshold_factor', 'any', 0),
    valueRange,
    seed,
  ]),
];
