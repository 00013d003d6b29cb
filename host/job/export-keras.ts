// A run's trained weights in a copy of the user's own Keras file, to go on with in Keras.

import { extname, resolve } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import { writeKerasFile } from '../../engine/exporters/keras-file.ts';
import { kerasValues, withFakeQuantizedWeights } from '../../engine/exporters/keras-values.ts';
import type { KerasWeights } from '../../engine/keras/model.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import { displayPath, readBytes, writeWhole } from '../files/files.ts';
import { hdf5 } from '../models/hdf5-thread.ts';
import { storedRun } from '../runs/stored-run.ts';
import type { JobContext } from './context.ts';
import { trainedFloat } from './float-model.ts';
import { quantizedModel } from './post-training.ts';
import { type Prepared, prepare } from './prepare.ts';
import { trainedQuantized } from './qat.ts';

type ExportRequest = Extract<JobRequest, { kind: 'export' }>;

export async function exportKeras({ run, output, weights }: ExportRequest, context: JobContext): Promise<void> {
  const { folder, config } = storedRun(context.root, run);
  const { id, status, kind } = folder.record;
  if (status !== 'done') {
    throw new InputError(
      `The run ${id} is ${status}, so it has no trained weights yet; finish it with \`quantlens train --resume ${id}\`.`,
      { file: folder.path },
    );
  }
  context.emit({ kind: 'phase', phase: 'load', message: 'Loading the model and the data' });
  const prepared = await prepare(config, context);
  const template = templateOf(prepared, output);
  // Nothing is trained: the checkpoints say that it has been.
  const silent = { ...context, emit: () => {} };
  const float = await trainedFloat(prepared, folder, silent);
  const ptq = await quantizedModel(float, prepared, silent);
  const qat = kind === 'train' ? await trainedQuantized(float, ptq, prepared, folder, silent) : undefined;
  const graph = qat?.trained.graph ?? float;
  const chosen = weights === 'fake-quantized' ? withFakeQuantizedWeights(graph, (qat ?? ptq).integer) : graph;
  context.emit({ kind: 'phase', phase: 'export', message: `Writing ${displayPath(output)}` });
  const values = kerasValues(prepared.model.model, template.weights, chosen);
  writeWhole(output, await writeKerasFile(readBytes(template.file), displayPath(template.file), values, hdf5));
  context.emit({ kind: 'done', run: id, folder: folder.path });
}

interface Template {
  readonly file: string;
  readonly weights: KerasWeights;
}

/** The file that the run's weights came from. */
function templateOf({ config, folder, model, file }: Prepared, output: string): Template {
  const source = config.weights === undefined ? model.file : resolve(folder, config.weights);
  const { weights } = model;
  if (!weights || ![...weights.values()].flat().some(({ place }) => place !== undefined)) {
    throw new InputError(
      `${displayPath(source)} holds no weights, so there is no Keras file to write the trained ones into. Save the model once in Keras, as .keras or .h5, and name that file as \`weights\` or \`model\`.`,
      { file, key: 'weights' },
    );
  }
  const ending = extname(source);
  if (extname(output) === ending) return { file: source, weights };
  throw new InputError(`${displayPath(output)} should end in ${ending}: it is a copy of ${displayPath(source)}.`, {
    file: output,
  });
}
