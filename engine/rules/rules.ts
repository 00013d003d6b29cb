// The one table of rules. A rule is a file beside this one, a line here, a test and a page in `docs/rules/`.

import { activationNotFused } from './activation-not-fused.ts';
import { batchNormNotFolded } from './batch-norm-not-folded.ts';
import { convolutionBiasBeforeBatchNorm } from './convolution-bias-before-batch-norm.ts';
import { customLayerWithoutQuantizeConfig } from './custom-layer-without-quantize-config.ts';
import { lambdaLayer } from './lambda-layer.ts';
import { nestedModel } from './nested-model.ts';
import { paddingNotFused } from './padding-not-fused.ts';
import { rawTfOp } from './raw-tf-op.ts';
import { redundantActivation } from './redundant-activation.ts';
import { relu6NotFused } from './relu6-not-fused.ts';
import type { Rule } from './rule.ts';
import { separableIntermediateRange } from './separable-intermediate-range.ts';
import { staysFloat } from './stays-float.ts';
import { subclassedModel } from './subclassed-model.ts';
import { unsupportedActivation } from './unsupported-activation.ts';
import { unsupportedAttribute } from './unsupported-attribute.ts';
import { unsupportedLayer } from './unsupported-layer.ts';

/** In the order in which findings are listed. */
export const RULES: readonly Rule[] = [
  unsupportedLayer,
  unsupportedActivation,
  unsupportedAttribute,
  lambdaLayer,
  rawTfOp,
  subclassedModel,
  nestedModel,
  customLayerWithoutQuantizeConfig,
  staysFloat,
  batchNormNotFolded,
  activationNotFused,
  relu6NotFused,
  paddingNotFused,
  separableIntermediateRange,
  redundantActivation,
  convolutionBiasBeforeBatchNorm,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

export const ruleById = (id: string): Rule | undefined => BY_ID.get(id);
