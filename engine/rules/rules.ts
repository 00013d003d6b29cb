// The one table of rules. A rule is a file beside this one, a line here, a test and a page in `docs/rules/`.

import { activationNotFused } from './activation-not-fused.ts';
import { analysisStopped } from './analysis-stopped.ts';
import { annotateWithoutApply } from './annotate-without-apply.ts';
import { batchNormNotFolded } from './batch-norm-not-folded.ts';
import { bitsNotOnTarget } from './bits-not-on-target.ts';
import { calibrationTooSmall } from './calibration-too-small.ts';
import { channelRangeRatio } from './channel-range-ratio.ts';
import { compileAfterQuantize } from './compile-after-quantize.ts';
import { convolutionBiasBeforeBatchNorm } from './convolution-bias-before-batch-norm.ts';
import { customLayerWithoutQuantizeConfig } from './custom-layer-without-quantize-config.ts';
import { dataDoesNotFitInput } from './data-does-not-fit-input.ts';
import { deadChannel } from './dead-channel.ts';
import { heavyTailedWeights } from './heavy-tailed-weights.ts';
import { keras3WithTfmot } from './keras-3-with-tfmot.ts';
import { lambdaLayer } from './lambda-layer.ts';
import { loadWithoutQuantizeScope } from './load-without-quantize-scope.ts';
import { mixedScalesAtAdd } from './mixed-scales-at-add.ts';
import { mixedScalesAtConcat } from './mixed-scales-at-concat.ts';
import { nestedModel } from './nested-model.ts';
import { paddingNotFused } from './padding-not-fused.ts';
import { patternMatchesNothing } from './pattern-matches-nothing.ts';
import { patternShadowed } from './pattern-shadowed.ts';
import { quantizeBeforeLoadWeights } from './quantize-before-load-weights.ts';
import { quantizeTwice } from './quantize-twice.ts';
import { rawTfOp } from './raw-tf-op.ts';
import { redundantActivation } from './redundant-activation.ts';
import { relu6NotFused } from './relu6-not-fused.ts';
import type { Rule } from './rule.ts';
import { sameScaleGroup } from './same-scale-group.ts';
import { separableIntermediateRange } from './separable-intermediate-range.ts';
import { softmaxInsideWithLogitsLoss } from './softmax-inside-with-logits-loss.ts';
import { staysFloat } from './stays-float.ts';
import { subclassedModel } from './subclassed-model.ts';
import { unboundedActivationOutput } from './unbounded-activation-output.ts';
import { unsupportedActivation } from './unsupported-activation.ts';
import { unsupportedAttribute } from './unsupported-attribute.ts';
import { unsupportedLayer } from './unsupported-layer.ts';
import { weightsDoNotMatchModel } from './weights-do-not-match-model.ts';
import { weightsNotFinite } from './weights-not-finite.ts';

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
  mixedScalesAtConcat,
  mixedScalesAtAdd,
  sameScaleGroup,
  unboundedActivationOutput,
  softmaxInsideWithLogitsLoss,
  channelRangeRatio,
  heavyTailedWeights,
  deadChannel,
  weightsNotFinite,
  annotateWithoutApply,
  quantizeTwice,
  quantizeBeforeLoadWeights,
  compileAfterQuantize,
  loadWithoutQuantizeScope,
  keras3WithTfmot,
  patternMatchesNothing,
  patternShadowed,
  bitsNotOnTarget,
  weightsDoNotMatchModel,
  calibrationTooSmall,
  dataDoesNotFitInput,
  analysisStopped,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

export const ruleById = (id: string): Rule | undefined => BY_ID.get(id);
