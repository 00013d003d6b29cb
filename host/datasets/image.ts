// PNG and JPEG to 8-bit pixels of the channels that the model wants, as TensorFlow's `decode_image(channels=…)` converts them:
// 16 bits to the upper 8, alpha dropped, gray repeated, colour to gray as luma (0.299, 0.587, 0.114).

import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from 'fast-png';
import jpeg from 'jpeg-js';
import type { DataSource } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, readBytes } from '../files/files.ts';
import { resizeImage } from './resize.ts';

export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Row-major, channels last. */
  readonly data: Uint8Array;
}

/** What the model wants of an image. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly resize: DataSource['resize'];
}

/** The pixels of a file, in the size that is wanted. Throws an InputError that names the file. */
export function loadImage(file: string, wanted: ImageSize): Uint8Array {
  const image = decodeImage(readBytes(file), displayPath(file), wanted.channels);
  return toSize(image, file, wanted).data;
}

function toSize(image: Image, file: string, { height, width, resize }: ImageSize): Image {
  if (image.height === height && image.width === width) return image;
  if (resize !== 'none') return resizeImage(image, height, width, resize);
  throw new InputError(
    `${displayPath(file)} is ${image.height}×${image.width}, but the model's input is ${height}×${width}; resize the images, or set \`resize: bilinear\` where the config names the folder.`,
    { file, key: 'resize' },
  );
}

/** Megabytes that decoding one JPEG may take. */
const JPEG_MEMORY = 1024;

export function decodeImage(bytes: Uint8Array, name: string, channels: 1 | 3): Image {
  try {
    const raw = hasPngSignature(bytes) ? png(bytes) : jpg(bytes);
    return { height: raw.height, width: raw.width, channels, data: convert(raw, channels) };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw new InputError(`${name} is not a PNG or JPEG image that can be read (${why}).`);
  }
}

interface Pixels {
  readonly height: number;
  readonly width: number;
  /** Values a pixel: gray, gray and alpha, RGB, RGBA. */
  readonly channels: number;
  readonly data: Uint8Array;
}

function png(bytes: Uint8Array): Pixels {
  const image = decodePng(bytes, { checkCrc: true });
  const { width, height, depth, palette } = image;
  if (palette) return { width, height, channels: palette[0].length, data: convertIndexedToRgb(image) };
  if (depth === 16) {
    return { width, height, channels: image.channels, data: Uint8Array.from(image.data, (value) => value >> 8) };
  }
  const { data } = image;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
    throw new Error('its pixels are not integers');
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return {
    width,
    height,
    channels: image.channels,
    data: depth < 8 ? unpackGray(pixels, width, height, depth) : pixels,
  };
}

/** Gray of 1, 2 or 4 bits: rows start at a byte, the first pixel in the upper bits. */
function unpackGray(data: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const x = at % width;
    const byte = data[Math.floor(at / width) * stride + Math.floor((x * depth) / 8)];
    return (((byte >> (8 - depth - ((x * depth) % 8))) & mask) * 255) / mask;
  });
}

function jpg(bytes: Uint8Array): Pixels {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxMemoryUsageInMB: JPEG_MEMORY,
  });
  return { width, height, channels: 3, data };
}

function convert({ data, channels: from, width, height }: Pixels, to: 1 | 3): Uint8Array {
  if (from === to) return data;
  const result = new Uint8Array(width * height * to);
  const isGray = from < 3;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * from;
    if (to === 3) {
      for (let c = 0; c < 3; c++) result[pixel * 3 + c] = data[at + (isGray ? 0 : c)];
    } else {
      result[pixel] = isGray ? data[at] : Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
    }
  }
  return result;
}
