// From a model to what features ask about it: its graphs, its findings, its layers by place.
import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { foldBatchNorm } from '../../engine/graph/passes/fold-batch-norm.ts';
import { lower } from '../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights } from '../../engine/keras/model.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import type { ApiCall } from '../../engine/rules/api-calls.ts';
import { checkContext, ruleContext } from '../../engine/rules/check-model.ts';
import type { ConfigFacts } from '../../engine/rules/config-facts.ts';
import { type Presenting, presentFindings } from '../../engine/rules/present.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import { layersByPath } from './layer-paths.ts';
import type { AnalyzedModel, LayerPlace } from './model-snapshot.ts';

export interface Analysis {
  /** Path of the text: layers made elsewhere are not its layers. */
  readonly file: string;
  readonly target: Target;
  readonly presenting: Presenting;
  readonly config?: ConfigSnapshot;
  /** What the rules may know of the config. */
  readonly facts?: ConfigFacts | null;
  readonly weights?: KerasWeights;
  readonly calls?: readonly ApiCall[];
}

export function analyze(model: KerasModel, analysis: Analysis): AnalyzedModel {
  const { config, facts = null, target, weights, calls, presenting, file } = analysis;
  const graph = tryLower(model, weights);
  const context = ruleContext(model, graph, target, facts, { weights: weights ?? null, calls });
  const findings = presentFindings(checkContext(context), context, presenting);
  let program: Graph | null | undefined;
  return {
    model,
    config,
    context,
    findings,
    layers: placesOf(model, file),
    // Findings do not wait for it: hovers, lenses and the graph ask.
    get program() {
      if (program === undefined) program = context.fused && tryFold(context.fused.graph);
      return program;
    },
  };
}

function tryLower(model: KerasModel, weights: KerasWeights | undefined): Graph | null {
  try {
    return lower(model, weights, { unsupported: 'keep' });
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return null;
    throw error;
  }
}

function tryFold(fused: Graph): Graph | null {
  try {
    return foldBatchNorm(fused);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return null;
    throw error;
  }
}

function placesOf(model: KerasModel, file: string): LayerPlace[] {
  const places: LayerPlace[] = [];
  for (const [path, layer] of layersByPath(model)) {
    const { origin } = layer;
    if (!origin) continue;
    // A layer that another file makes stands where this file calls for it.
    const at = [origin.at, ...origin.callStack.toReversed()].find((place) => place.file === file);
    if (at) places.push({ path, layer, at });
  }
  return places.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
