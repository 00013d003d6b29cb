// TFMOT works on Keras 2 (tf_keras) only, and says so by an error about something else.

import type { FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly model: string;
}

export const keras3WithTfmot: Rule<Data> = {
  id: 'keras-3-with-tfmot',
  title: 'TFMOT does not take a Keras 3 model',
  category: 'tfmot',
  severity: 'error',
  check({ model, target, calls }) {
    if (model.kerasVersion !== 3) return [];
    const name = model.variable ?? model.name;
    const passed = calls.find((call) => TAKES_MODEL.has(call.function) && call.model === model.variable);
    if (target.level !== 'layer' && (passed === undefined || model.variable === undefined)) return [];
    const at = passed === undefined ? ({ kind: 'model' } as const) : ({ kind: 'source', at: passed.at } as const);
    return [{ rule: 'keras-3-with-tfmot', at, layers: [], data: { model: name } }];
  },
  message: ({ model }) =>
    `${quoted(model)} is a Keras 3 model, and TFMOT takes those of Keras 2 only: quantize_model raises "can only either be a keras Sequential or Functional model". Use tf_keras: set TF_USE_LEGACY_KERAS=1 before TensorFlow is imported, or import tf_keras as keras.`,
};

const TAKES_MODEL: ReadonlySet<string> = new Set(['quantize_model', 'quantize_annotate_model', 'quantize_apply']);
