// The jobs `train` and `quantize`: one config's float model, post-training int8 and, for `train`, QAT, side by side.

import { peakActivationBytes, totalMultiplyAdds } from '../../engine/graph/cost.ts';
import type { Accuracies, MetricScores } from '../../protocol/job-events.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import { loadConfig } from '../config/load-config.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { keepSources } from '../runs/run-sources.ts';
import { resumedRun } from '../runs/stored-run.ts';
import { checkTraining } from './check-training.ts';
import type { JobContext } from './context.ts';
import { type FloatModel, floatModel } from './float-model.ts';
import { gateResults } from './gates.ts';
import { inRun } from './in-run.ts';
import { kernelsFor } from './kernel-set.ts';
import type { Metric } from './metric.ts';
import { postTraining, type QuantizedModel } from './post-training.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type QatModel, qat } from './qat.ts';
import { writeReport } from './report.ts';
import { restoredModel } from './restore-layers.ts';

export async function trainOrQuantize(
  request: Extract<JobRequest, { kind: 'train' | 'quantize' }>,
  context: JobContext,
): Promise<void> {
  const resumed = request.resume === undefined ? undefined : resumedRun(context.root, request.resume);
  const loaded = resumed?.config ?? loadConfig(request.config);
  context.emit({ kind: 'phase', phase: 'load', message: 'Loading the model and the data' });
  const prepared = await prepare(loaded, context);
  const { config, file, metric } = prepared;
  const kind = resumed?.folder.record.kind ?? request.kind;
  const warnings = checkTraining(prepared, kind === 'train', context.root);
  const run = resumed?.folder ?? { kind, config: file, model: config.model, target: config.target };
  await inRun(context, run, config, metric.name, async (folder, inner) => {
    if (!resumed) keepSources(folder, prepared);
    for (const message of prepared.handOffs.notes) inner.emit({ kind: 'note', message });
    for (const message of [...prepared.model.warnings, ...warnings]) inner.emit({ kind: 'warning', message });
    const float = await floatModel(prepared, folder, inner);
    const calibrated = await postTraining(float.graph, prepared, folder, inner);
    const restoring =
      request.maxDrop === undefined
        ? undefined
        : await restoredModel(calibrated, float.scores, request.maxDrop, prepared, folder, inner);
    const ptq = restoring?.model ?? calibrated;
    const trained = kind === 'train' ? await qat(float.graph, ptq, prepared, folder, inner) : undefined;
    const scores = scoresOf(metric, float, ptq, trained);
    const results = { ...(scores ? { scores } : {}), ...accuraciesOf(scores) };
    folder.update({
      ...results,
      kernels: kernelsFor((trained ?? ptq).integer, prepared),
      ...measured(float, ptq, trained),
    });
    const gates = toldGates(prepared, folder, trained !== undefined, inner);
    await writeReport(trained ?? ptq, prepared, folder, inner);
    return {
      ...results,
      ...gates,
      ...(trained ? { imagesPerSecond: trained.imagesPerSecond } : {}),
      ...(restoring ? { restored: restoring.restored } : {}),
    };
  });
}

/** Noted in the run and told; absent where the config has none. */
function toldGates(
  { config }: Prepared,
  folder: RunFolder,
  isTrained: boolean,
  { emit }: JobContext,
): Pick<RunRecord, 'gates'> {
  const { scores, equalAnswers, files } = folder.record;
  const file = files.find(({ model }) => model === (isTrained ? 'qat' : 'ptq'));
  const gates = gateResults(config.gates, { scores, equalAnswers, bytes: file?.bytes ?? 0, isTrained });
  for (const { met, message } of gates) emit({ kind: met ? 'note' : 'warning', message });
  if (gates.length === 0) return {};
  folder.update({ gates });
  return { gates };
}

function scoresOf(
  { name, title, higherIsBetter }: Metric,
  float: FloatModel,
  ptq: QuantizedModel,
  trained: QatModel | undefined,
): MetricScores | undefined {
  if (!float.scores || !ptq.scores) return undefined;
  return {
    metric: name,
    title,
    higherIsBetter,
    float: float.scores.value,
    ptq: ptq.scores.value,
    ...(trained?.scores && trained.fakeQuant
      ? { qat: { int8: trained.scores.value, fakeQuant: trained.fakeQuant.value } }
      : {}),
  };
}

function accuraciesOf(scores: MetricScores | undefined): { readonly accuracies?: Accuracies } {
  if (scores?.metric !== 'accuracy') return {};
  const { float, ptq, qat } = scores;
  const accuracies = { float: { accuracy: float }, ptq: { accuracy: ptq } };
  if (!qat) return { accuracies };
  return { accuracies: { ...accuracies, qat: { accuracy: qat.int8, fakeQuantAccuracy: qat.fakeQuant } } };
}

function measured(float: FloatModel, ptq: QuantizedModel, trained: QatModel | undefined): Partial<RunRecord> {
  const int8 = trained?.scores ?? ptq.scores;
  const { integer } = trained ?? ptq;
  return {
    cost: {
      multiplyAdds: totalMultiplyAdds(integer),
      activationBytes: peakActivationBytes(integer),
    },
    speed: {
      ...(trained ? { trainingImagesPerSecond: trained.imagesPerSecond } : {}),
      ...(float.scores ? { floatPerSecond: float.scores.perSecond } : {}),
      ...(int8 ? { int8PerSecond: int8.perSecond, int8Threads: int8.threads } : {}),
    },
    ...(trained?.equalAnswers === undefined ? {} : { equalAnswers: trained.equalAnswers }),
  };
}
