// What a rule sees: the model, its graph, the target, the config and what else is known.

import type { Graph } from '../graph/graph.ts';
import type { KerasModel, KerasWeights } from '../keras/model.ts';
import type { Target } from '../quantization/targets/target.ts';
import type { ApiCall } from './api-calls.ts';
import type { ConfigFacts } from './config-facts.ts';
import type { GraphView } from './graph-view.ts';
import type { ModelView } from './model-view.ts';
import type { Verdict } from './tfmot/verdict.ts';

export interface RuleContext {
  readonly model: KerasModel;
  readonly view: ModelView;
  /** The float graph as `lower` makes it with `unsupported: 'keep'`; null where the model has no input shape. */
  readonly graph: Graph | null;
  /** That graph fused, as the target will run it. */
  readonly fused: GraphView | null;
  readonly target: Target;
  /** What TFMOT's `quantize_model` will say, where that is the target. */
  readonly verdict: Verdict | null;
  readonly config: ConfigFacts | null;
  /** Trained weights, where the config or the model file brings them. */
  readonly weights: KerasWeights | null;
  /** Calls of TFMOT and of Keras that the source makes around the model; empty for a model that comes from a file. */
  readonly calls: readonly ApiCall[];
}
