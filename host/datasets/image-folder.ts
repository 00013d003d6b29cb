// A folder of images by class: each folder in it is a class, in alphabetical order from 0; PNG and JPEG in any depth below.
// Images are decoded as they are read, those of the next batch ahead, and kept up to a budget of memory.

import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { DataSource } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, reason } from '../files/files.ts';
import { decodeAhead } from './decode-ahead.ts';
import { type ImageSize, loadImage } from './image.ts';
import type { RawData, Wanted } from './samples.ts';

const EXTENSIONS = new Set(['.png', '.jpg', '.jpeg']);
/** Bytes of decoded images to keep. */
const CACHE_BYTES = 512 * 1024 * 1024;

export function openImageFolder(path: string, source: DataSource, wanted: Wanted): RawData {
  const [height, width, channels] = wanted.inputShape;
  if (wanted.inputShape.length !== 3 || (channels !== 1 && channels !== 3)) {
    throw new InputError(
      `${displayPath(path)} is a folder of images, but the model's input is ${wanted.inputShape.join('×')}; images give height×width×1 or ×3.`,
      { file: path },
    );
  }
  const { files, classes } = listImages(path);
  const cache: (Uint8Array | undefined)[] = [];
  let free = CACHE_BYTES;
  const wantedSize: ImageSize = { height, width, channels, resize: source.resize };
  const ahead = decodeAhead({ files, ...wantedSize });
  const load = (index: number): Uint8Array => ahead?.take(index) ?? loadImage(files[index], wantedSize);
  return {
    samples: {
      count: files.length,
      shape: [height, width, channels],
      copy(index, target, offset) {
        const pixels = cache[index] ?? load(index);
        if (cache[index] === undefined && free >= pixels.length) {
          cache[index] = pixels;
          free -= pixels.length;
        }
        target.set(pixels, offset);
      },
      describe: (index) => displayPath(files[index]),
      expect: (indices) => ahead?.request(Array.from(indices).filter((index) => cache[index] === undefined)),
    },
    labels: { shape: [], values: Int32Array.from(classes), name: `the folders of ${displayPath(path)}` },
  };
}

function listImages(path: string): { files: string[]; classes: number[] } {
  const folders = list(path).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const names = folders.map((entry) => entry.name).sort();
  const files: string[] = [];
  const classes: number[] = [];
  for (const [index, name] of names.entries()) {
    const found = imagesBelow(join(path, name));
    files.push(...found);
    classes.push(...found.map(() => index));
  }
  if (files.length === 0) {
    throw new InputError(
      `${displayPath(path)} has no images; expected one folder a class with .png or .jpg files in each.`,
      { file: path },
    );
  }
  return { files, classes };
}

function imagesBelow(folder: string): string[] {
  const entries = list(folder).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return imagesBelow(path);
    return EXTENSIONS.has(extname(entry.name).toLowerCase()) ? [path] : [];
  });
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new InputError(`${displayPath(folder)} cannot be read: ${reason(error)}.`, { file: folder });
  }
}
