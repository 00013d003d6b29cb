// The models of one version of a text, each with what was found out about it.
import type { Graph } from '../../engine/graph/graph.ts';
import type { KerasLayer, KerasModel, SourceLocation, Stop } from '../../engine/keras/model.ts';
import type { RuleContext } from '../../engine/rules/context.ts';
import type { PresentedFinding } from '../../engine/rules/present.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import type { SourceText } from './source-text.ts';

export interface ModelSnapshot {
  readonly kind: 'model';
  readonly language: 'python' | 'json';
  readonly source: SourceText;
  readonly models: readonly AnalyzedModel[];
  /** Findings about the text itself: its calls of TFMOT, where the static run gave up. */
  readonly textFindings: readonly PresentedFinding[];
  /** Where no model could be read at all. */
  readonly stopped: readonly Stop[];
  /** The text has a syntax error: what is shown beside it may be that of the last text without one. */
  readonly isBroken: boolean;
  /** The last snapshot whose text had no syntax error, where this one's has. */
  readonly lastGood?: ModelSnapshot;
}

/** A layer as features look it up. */
export interface LayerPlace {
  /** `outer/inner` for a layer of a nested model. */
  readonly path: string;
  readonly layer: KerasLayer;
  readonly at: SourceLocation;
}

export interface AnalyzedModel {
  readonly model: KerasModel;
  /** The config that names it; the settings' target holds where there is none. */
  readonly config?: ConfigSnapshot;
  readonly context: RuleContext;
  readonly findings: readonly PresentedFinding[];
  /** Layers that the source of this text makes, in its order. */
  readonly layers: readonly LayerPlace[];
  /** Fused and folded: one op an op of the integer program; null where the model could not be lowered. */
  readonly program: Graph | null;
}
