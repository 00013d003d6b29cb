// MelSpectrogram and STFTSpectrogram: layers from sound to spectra (Keras 3).

import { isChannelsFirst, isTrue, numberOf } from './config-values.ts';
import { checkWindow, knownChannels, windowOutput } from './conv-arithmetic.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { dataFormat, optional } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

const BEFORE_THE_MODEL = {
  notSupported: 'a Fourier transform has no int8 op in TFLite; compute spectra before the model',
};

export const melSpectrogram: LayerSpec = {
  class: 'MelSpectrogram',
  only: 3,
  documentation: 'Mel-scaled spectra of a sound.',
  parameters: [
    optional('fft_length', 'integer', 2048),
    optional('sequence_stride', 'integer', 512),
    optional('sequence_length', 'integer', null),
    optional('window', 'any', 'hann'),
    optional('sampling_rate', 'number', 16000),
    optional('num_mel_bins', 'integer', 128),
    optional('min_freq', 'number', 20),
    optional('max_freq', 'number', null),
    optional('power_to_db', 'boolean', true),
    optional('top_db', 'number', 80),
    optional('mag_exp', 'number', 2),
    optional('min_power', 'number', 1e-10),
    optional('ref_power', 'number', 1),
  ],
  ...NO_WEIGHTS,
  outputShape: (application) => {
    const [shape] = application.inputs;
    const stride = numberOf(application, 'sequence_stride');
    const length = shape.at(-1) ?? null;
    const frames = length === null ? null : Math.floor((length + stride + 1) / stride);
    return [[...shape.slice(0, -1), numberOf(application, 'num_mel_bins'), frames]];
  },
  lower: BEFORE_THE_MODEL,
};

/** `frame_step` is half a frame and `fft_length` the next power of two where they are not given. */
function frames(application: Application) {
  const { config } = application;
  const length = numberOf(application, 'frame_length');
  const step = (config.frame_step as number | null) ?? Math.floor(length / 2);
  const fft = (config.fft_length as number | null) ?? 2 ** Math.ceil(Math.log2(length));
  const bins = Math.floor(fft / 2) + 1;
  return { length, step, fft, bins: config.mode === 'stft' ? 2 * bins : bins };
}

/** Each channel's spectrum is a convolution with real and imaginary waves. */
function stftShape(application: Application) {
  const [shape] = application.inputs;
  const first = isChannelsFirst(application.config);
  const channels = knownChannels(application, first ? shape[1] : shape[2]);
  const samples = first ? shape[2] : shape[1];
  const { length, step, bins } = frames(application);
  const time = windowOutput(samples, length, step, String(application.config.padding));
  checkWindow(application, [time], [samples]);
  if (isTrue(application.config, 'expand_dims')) {
    return first ? [shape[0], channels, time, bins] : [shape[0], time, bins, channels];
  }
  return first ? [shape[0], bins * channels, time] : [shape[0], time, bins * channels];
}

export const stftSpectrogram: LayerSpec = {
  class: 'STFTSpectrogram',
  only: 3,
  documentation: 'Short-time Fourier transform of a sound.',
  parameters: [
    optional('mode', 'string', 'log'),
    optional('frame_length', 'integer', 256),
    optional('frame_step', 'integer', null),
    optional('fft_length', 'integer', null),
    optional('window', 'any', 'hann'),
    optional('periodic', 'boolean', false),
    optional('scaling', 'any', 'density'),
    optional('padding', 'padding', 'valid'),
    optional('expand_dims', 'boolean', false),
    dataFormat,
  ],
  outputShape: (application) => [stftShape(application)],
  weights: (application) => {
    const { length, fft } = frames(application);
    const shape = [length, 1, Math.floor(fft / 2) + 1];
    const { mode } = application.config;
    return [
      ...(mode === 'imag' ? [] : [{ name: 'real_kernel', shape, trainable: true }]),
      ...(mode === 'real' ? [] : [{ name: 'imag_kernel', shape, trainable: true }]),
    ];
  },
  multiplyAdds: () => null,
  lower: BEFORE_THE_MODEL,
};
