// What a rule sees: the model, its graph where it can be lowered, the target, the config and what else is known.

import type { Graph } from '../graph/graph.ts';
import type { KerasModel, KerasWeights, SourceLocation } from '../keras/model.ts';
import type { Target } from '../quantization/targets/target.ts';
import type { ConfigFacts } from './config-facts.ts';
import type { ModelView } from './model-view.ts';

/** A call of TFMOT's API, or one that its rules look at, in the order in which the source runs it. */
export interface ApiCall {
  readonly function:
    | 'quantize_model'
    | 'quantize_apply'
    | 'quantize_annotate_model'
    | 'quantize_annotate_layer'
    | 'quantize_scope'
    | 'load_model'
    | 'load_weights'
    | 'compile'
    | 'fit';
  readonly at: SourceLocation;
  /** Variable or name of the model that the call works on, and of the one that it returns; null where not known. */
  readonly model: string | null;
  readonly result: string | null;
  /** Inside a `with quantize_scope():` block. */
  readonly inQuantizeScope?: boolean;
  /** The layer's path, for `quantize_annotate_layer`. */
  readonly layer?: string;
  /** A QuantizeConfig was given. */
  readonly hasQuantizeConfig?: boolean;
}

export interface RuleContext {
  readonly model: KerasModel;
  readonly view: ModelView;
  /** The float graph as `lower` makes it, batch norms and activations as ops of their own; null where a layer has no lowering. */
  readonly graph: Graph | null;
  readonly target: Target;
  readonly config: ConfigFacts | null;
  /** Trained weights, where the config or the model file brings them. */
  readonly weights: KerasWeights | null;
  /** Calls that the source makes around the model; empty for a model that comes from a file. */
  readonly calls: readonly ApiCall[];
}
