// The jobs `train` and `quantize`: one config's float model, post-training int8 and, for `train`, QAT, side by side.

import type { Accuracies } from '../../protocol/job-events.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import type { JobContext } from './context.ts';
import { type FloatModel, floatModel } from './float-model.ts';
import { inRun } from './in-run.ts';
import { KERNELS, postTraining, type QuantizedModel } from './post-training.ts';
import { prepare } from './prepare.ts';
import { type QatModel, qat } from './qat.ts';

export async function trainOrQuantize(
  request: { readonly kind: 'train' | 'quantize'; readonly config: string },
  context: JobContext,
): Promise<void> {
  context.emit({ kind: 'phase', phase: 'load', message: 'Loading the model and the data' });
  const prepared = await prepare(request.config);
  const { config, file } = prepared;
  const run = { kind: request.kind, config: file, model: config.model, target: config.target };
  await inRun(context, run, config, async (folder, inner) => {
    for (const message of prepared.model.warnings) inner.emit({ kind: 'warning', message });
    const float = await floatModel(prepared, folder, inner);
    const ptq = await postTraining(float.graph, prepared, folder, inner);
    const trained = request.kind === 'train' ? await qat(float.graph, ptq, prepared, folder, inner) : undefined;
    const accuracies = accuraciesOf(float, ptq, trained);
    folder.update({ ...(accuracies ? { accuracies } : {}), kernels: KERNELS, ...measured(float, ptq, trained) });
    return {
      ...(accuracies ? { accuracies } : {}),
      ...(trained ? { imagesPerSecond: trained.imagesPerSecond } : {}),
    };
  });
}

function accuraciesOf(float: FloatModel, ptq: QuantizedModel, trained: QatModel | undefined): Accuracies | undefined {
  if (!float.scores || !ptq.scores) return undefined;
  const accuracies = { float: { accuracy: float.scores.accuracy }, ptq: { accuracy: ptq.scores.accuracy } };
  if (!trained?.scores || !trained.fakeQuant) return accuracies;
  const { scores, fakeQuant } = trained;
  return { ...accuracies, qat: { accuracy: scores.accuracy, fakeQuantAccuracy: fakeQuant.accuracy } };
}

function measured(float: FloatModel, ptq: QuantizedModel, trained: QatModel | undefined): Partial<RunRecord> {
  const int8 = trained?.scores ?? ptq.scores;
  return {
    speed: {
      ...(trained ? { trainingImagesPerSecond: trained.imagesPerSecond } : {}),
      ...(float.scores ? { floatPerSecond: float.scores.perSecond } : {}),
      ...(int8 ? { int8PerSecond: int8.perSecond, int8Threads: int8.threads } : {}),
    },
    ...(trained?.equalAnswers === undefined ? {} : { equalAnswers: trained.equalAnswers }),
  };
}
