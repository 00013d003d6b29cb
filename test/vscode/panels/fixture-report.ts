// An error report with the layers of a small residual network, for panels that are tested without a run.
import type { ErrorReport, LayerError } from '../../../engine/error-analysis/report.ts';
import type { RunEntry } from '../../../protocol/webview-messages.ts';

/** Layer count 15 is a small residual network's; 1,300 is a large model's. */
export function fixtureReport(count = 15): ErrorReport {
  return {
    version: 1,
    model: 'ic_resnet8',
    kernels: 'reference',
    images: 500,
    layers: Array.from({ length: count }, layer),
  };
}

const OPS = ['CONV_2D', 'CONV_2D', 'ADD', 'CONV_2D', 'DEPTHWISE_CONV_2D'];

function layer(_: unknown, index: number): LayerError {
  const isBroken = index === 6;
  const sqnr = isBroken ? 9.4 : 38 - ((index * 7) % 13);
  const metrics = (loss: number): LayerError['local'] => ({
    sqnr: index === 0 ? null : sqnr - loss,
    rmseOverScale: isBroken ? 2.31 : 0.27 + ((index * 5) % 9) * 0.035,
    cosine: isBroken ? 0.94 : 0.9999 - index * 1e-5,
    bias: ((index % 5) - 2) * 1.3e-3,
    maxError: isBroken ? 1.7 : 0.02 + index * 2e-3,
  });
  const op = OPS[index % OPS.length];
  const name = `${op === 'ADD' ? 'add' : 'conv2d'}_${index}`;
  return {
    name,
    op,
    layers: op === 'ADD' ? [name] : [name, `batch_normalization_${index}`, `activation_${index}`],
    local: metrics(0),
    accumulated: metrics(Math.min(index, 12)),
    saturated: isBroken ? 0.082 : 0.0004 * (index % 4),
    rangeUsed: 0.62 + (index % 4) * 0.09,
    scale: 0.0235 + index * 1e-3,
    zeroPoint: -128 + index,
    ...(op !== 'ADD' && { accumulatorBits: 17 + (index % 4) }),
    effect: {
      restored: isBroken ? 0.031 : 0.001 * (index % 3),
      alone: isBroken ? 0.042 : 0.001 * (index % 2),
      restoredSqnr: 20,
      aloneSqnr: 25,
    },
    source: { file: 'model.py', line: 8 + index },
  };
}

/** A report whose second layer is NaN throughout, as JSON has it: null for each number. */
export function notFiniteReport(): ErrorReport {
  const report = fixtureReport();
  const nothing = { sqnr: -100, rmseOverScale: Number.NaN, cosine: Number.NaN, bias: Number.NaN, maxError: Number.NaN };
  const layers = report.layers.map((each, index) =>
    index === 1 ? { ...each, local: nothing, accumulated: nothing, notFinite: 1 } : each,
  );
  return JSON.parse(JSON.stringify({ ...report, layers }));
}

export function fixtureRun(folder: string, id = 'first'): RunEntry {
  return {
    folder,
    hasReport: true,
    record: {
      version: 1,
      id,
      kind: 'train',
      status: 'done',
      started: '2026-03-02T10:00:00Z',
      config: `${folder}/model.quant.yaml`,
      model: 'model.py:build_model',
      target: 'tflite-int8',
      accuracies: {
        float: { accuracy: 0.8719 },
        ptq: { accuracy: 0.8706 },
        qat: { accuracy: 0.8784, fakeQuantAccuracy: 0.8781 },
      },
      files: [{ model: 'qat', file: 'qat.tflite', bytes: 98_304 }],
    },
  };
}
