// A run's model as a file of the user's: the best int8 model that it has, QAT before post-training.

import { basename, dirname, extname, join, resolve } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import { writeCArray } from '../../engine/exporters/c-array.ts';
import { withDynamicRange } from '../../engine/exporters/dynamic-range.ts';
import { withFloat16Weights } from '../../engine/exporters/float16.ts';
import { writeTfliteModel } from '../../engine/exporters/tflite.ts';
import { readTflite } from '../../engine/importers/tflite.ts';
import type { ExportFormat } from '../../protocol/job-request.ts';
import { displayPath, readBytes, writeWhole } from '../files/files.ts';
import { openRun } from '../runs/run-folder.ts';
import { storedRun } from '../runs/stored-run.ts';
import { HAND_OFFS } from './report.ts';

type FlatFormat = Exclude<ExportFormat, 'keras'>;

const EXTENSIONS: { readonly [format in FlatFormat]: string } = {
  tflite: '.tflite',
  c: '.c',
  ranges: '.ranges.json',
  aimet: '.encodings.json',
  'dynamic-range': '.dynamic-range.tflite',
  float16: '.float16.tflite',
};

/** The float model with smaller weights, which need no data. */
const FLOAT_FORMS = { 'dynamic-range': withDynamicRange, float16: withFloat16Weights } as const;

/** Where `export` writes without `--output`: a file beside the user, named by the run's model. */
export function defaultOutput(root: string, run: string, format: ExportFormat): string {
  if (format !== 'keras') return resolve(`${openRun(root, run).id}${EXTENSIONS[format]}`);
  // A copy of the file that the run's weights came from.
  const { folder, config } = storedRun(root, run);
  return resolve(`${folder.record.id}${extname(config.config.weights ?? config.config.model)}`);
}

/** Writes the model, and for C the header beside it; gives the paths written. */
export function exportRun(root: string, run: string, format: FlatFormat, output: string): readonly string[] {
  const { path, record } = openRun(root, run);
  if (format === 'ranges' || format === 'aimet') {
    writeWhole(output, readBytes(join(path, HAND_OFFS[format])));
    return [output];
  }
  if (format === 'dynamic-range' || format === 'float16') {
    const float = record.files.find(({ model }) => model === 'float');
    if (!float)
      throw new InputError(`The run ${record.id} has no float model: it is ${record.status}.`, { file: path });
    const model = readTflite(readBytes(join(path, float.file)));
    writeWhole(output, writeTfliteModel({ ...model, subgraphs: model.subgraphs.map(FLOAT_FORMS[format]) }));
    return [output];
  }
  const model = ['qat', 'ptq'].map((name) => record.files.find((each) => each.model === name)).find(Boolean);
  if (!model) {
    throw new InputError(
      `The run ${record.id} has no int8 model: it is ${record.status}${record.message ? ` (${record.message})` : ''}.`,
      { file: path },
    );
  }
  const bytes = readBytes(join(path, model.file));
  if (format === 'tflite') {
    writeWhole(output, bytes);
    return [output];
  }
  if (extname(output) !== '.c' && extname(output) !== '.cc') {
    throw new InputError(`${displayPath(output)} should end in .c or .cc; its header goes beside it.`, {
      file: output,
    });
  }
  const name = basename(output).replace(/\.cc?$/, '');
  const header = join(dirname(output), `${name}.h`);
  const array = writeCArray(bytes, name, basename(header));
  writeWhole(output, array.source);
  writeWhole(header, array.header);
  return [output, header];
}
