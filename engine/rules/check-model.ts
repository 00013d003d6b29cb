// Runs the rules over a model. The result is values; `present.ts` gives them words, ranges and severities.

import type { Graph } from '../graph/graph.ts';
import { fuse } from '../graph/passes/fuse.ts';
import type { KerasModel, KerasWeights } from '../keras/model.ts';
import type { Target } from '../quantization/targets/target.ts';
import type { ApiCall } from './api-calls.ts';
import type { ConfigFacts } from './config-facts.ts';
import type { RuleContext } from './context.ts';
import type { Finding } from './finding.ts';
import { type GraphView, viewGraph } from './graph-view.ts';
import { viewModel } from './model-view.ts';
import { RULES } from './rules.ts';
import type { SourceFacts } from './source-facts.ts';
import { quantizeModelVerdict } from './tfmot/verdict.ts';
import { isQuantized, isWrapped } from './tfmot/wrappers.ts';

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
  config: ConfigFacts | null = null,
  options: CheckOptions = {},
): RuleContext {
  const { weights = null, calls = [] } = options;
  const verdict = target.level === 'layer' && !isWrapped(model) ? quantizeModelVerdict(model, target) : null;
  let fused: GraphView | null | undefined;
  return {
    model,
    view: viewModel(model),
    graph,
    // Most rules of TFMOT look at layers alone: fusing is then work for nothing.
    get fused() {
      if (fused === undefined) fused = graph && fusedView(graph);
      return fused;
    },
    target,
    verdict,
    config,
    weights,
    calls,
  };
}

/** A half-written model may lower to a graph that the passes cannot take: its graph rules then wait. */
function fusedView(graph: Graph): GraphView | null {
  try {
    return viewGraph(fuse(graph));
  } catch {
    return null;
  }
}

/** All findings about one model for one target, in the order of the rule table and then of the layers. */
export function checkContext(context: RuleContext): readonly Finding[] {
  if (isQuantized(context.model)) return [];
  const applies = RULES.filter(({ level }) => level === undefined || level === context.target.level);
  return applies.flatMap((rule) => [...(rule.check?.(context) ?? [])]);
}

/** All findings about a text itself, whatever models it builds. */
export function checkSource(source: SourceFacts): readonly Finding[] {
  return RULES.flatMap((rule) => [...(rule.checkSource?.(source) ?? [])]);
}
