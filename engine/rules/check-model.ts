// Runs the rules over a model. The result is values; `present.ts` gives them words, ranges and severities.

import type { Graph } from '../graph/graph.ts';
import type { KerasModel, KerasWeights } from '../keras/model.ts';
import type { Target } from '../quantization/targets/target.ts';
import type { ConfigFacts } from './config-facts.ts';
import type { ApiCall, RuleContext } from './context.ts';
import type { Finding } from './finding.ts';
import { viewModel } from './model-view.ts';
import { RULES } from './rules.ts';

export interface CheckOptions {
  readonly weights?: KerasWeights | null;
  /** Calls of TFMOT and of Keras that the source makes around the model. */
  readonly calls?: readonly ApiCall[];
}

/** What the rules look at, made once: the server keeps it for hovers and fixes of the same document version. */
export function ruleContext(
  model: KerasModel,
  graph: Graph | null,
  target: Target,
  config: ConfigFacts | null,
  options: CheckOptions = {},
): RuleContext {
  const { weights = null, calls = [] } = options;
  return { model, view: viewModel(model), graph, target, config, weights, calls };
}

/** All findings about one model for one target, in the order of the rule table and then of the layers. */
export function checkModel(
  model: KerasModel,
  graph: Graph | null,
  target: Target,
  config: ConfigFacts | null = null,
  options: CheckOptions = {},
): readonly Finding[] {
  return checkContext(ruleContext(model, graph, target, config, options));
}

export function checkContext(context: RuleContext): readonly Finding[] {
  const applicable = RULES.filter(
    (rule) => rule.targets === undefined || rule.targets.some((name) => name === context.target.name),
  );
  return applicable.flatMap((rule) => [...rule.check(context)]);
}
