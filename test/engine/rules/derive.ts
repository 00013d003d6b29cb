// Models and findings from Python text, as the command line and the server get them.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { skipLayer } from '../../../engine/config/skip-layer.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { evaluateFile } from '../../../engine/keras/evaluate/evaluate.ts';
import { NO_SOURCES } from '../../../engine/keras/evaluate/source.ts';
import { sourceFile } from '../../../engine/keras/evaluate/source-file.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights } from '../../../engine/keras/model.ts';
import { createParser } from '../../../engine/python/parser.ts';
import type { PythonModule } from '../../../engine/python/syntax.ts';
import type { Target } from '../../../engine/quantization/targets/target.ts';
import { TFLITE_INT8 } from '../../../engine/quantization/targets/tflite-int8.ts';
import { apiCalls } from '../../../engine/rules/api-calls.ts';
import { checkContext, checkSource, ruleContext } from '../../../engine/rules/check-model.ts';
import type { ConfigFacts } from '../../../engine/rules/config-facts.ts';
import type { RuleContext } from '../../../engine/rules/context.ts';
import type { TextEdit } from '../../../engine/rules/finding.ts';
import type { FixSource } from '../../../engine/rules/fix-source.ts';
import { ignoreComments } from '../../../engine/rules/ignore.ts';
import { type LocateKey, type PresentedFinding, presentFindings } from '../../../engine/rules/present.ts';
import { kerasVersionOf } from '../../../host/models/python-models.ts';

const require = createRequire(import.meta.url);
const wasm = (path: string): Uint8Array => readFileSync(require.resolve(path));
const parser = await createParser({
  runtimeWasm: wasm('web-tree-sitter/web-tree-sitter.wasm'),
  grammarWasm: wasm('tree-sitter-python/tree-sitter-python.wasm'),
});

export const FILE = '/model.py';

export interface Derived {
  readonly text: string;
  readonly module: PythonModule;
  readonly models: readonly KerasModel[];
  readonly stopped: ReturnType<typeof evaluateFile>['stopped'];
}

export function derive(text: string): Derived {
  const module = parser.parse(text);
  const { models, stopped } = evaluateFile(sourceFile(FILE, module), {
    kerasVersion: kerasVersionOf(text),
    reader: NO_SOURCES,
  });
  return { text, module, models, stopped };
}

export interface Setting {
  readonly target?: Target;
  readonly config?: { readonly facts: ConfigFacts; readonly text: string; readonly locateKey: LocateKey };
  readonly weights?: (model: KerasModel) => KerasWeights;
}

export interface Found {
  readonly findings: readonly PresentedFinding[];
  readonly contexts: readonly RuleContext[];
  readonly source: FixSource;
}

/** Everything that the rules say of a text. */
export function findingsOf(derived: Derived, { target = TFLITE_INT8, config, weights }: Setting = {}): Found {
  const calls = apiCalls(derived.module, FILE);
  const comments = ignoreComments(derived.text);
  const presenting = { ignores: () => comments, ...(config && { locateKey: config.locateKey }) };
  const contexts = derived.models.map((model) => {
    const values = weights?.(model);
    const options = { weights: values ?? null, calls };
    return ruleContext(model, lowered(model, values), target, config?.facts ?? null, options);
  });
  const stopped = [
    ...derived.models.flatMap((model) => model.stopped.map((stop) => ({ ...stop, model: model.name }))),
    ...derived.stopped.map((stop) => ({ ...stop, model: null })),
  ];
  const findings = [
    ...contexts.flatMap((context) => presentFindings(checkContext(context), context, presenting)),
    ...presentFindings(checkSource({ file: FILE, calls, stopped }), null, presenting),
  ];
  const source: FixSource = {
    module: (file) => (file === FILE ? derived.module : null),
    config: config ? { file: '/a.quant.yaml', skipLayer: (layer) => skipLayer(layer, config.text) } : null,
  };
  return { findings, contexts, source };
}

export function lowered(model: KerasModel, weights?: KerasWeights): Graph | null {
  try {
    return lower(model, weights, { unsupported: 'keep' });
  } catch {
    return null;
  }
}

/** A text with edits applied; edits must not overlap. Of two at one place the first stands first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const lines = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
  const offset = (line: number, column: number): number => (lines[line - 1] ?? text.length) + column - 1;
  const spans = edits
    .map(({ at, newText }, index) => ({
      start: offset(at.line, at.column),
      end: offset(at.endLine, at.endColumn),
      newText,
      index,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
  let result = '';
  let from = 0;
  for (const { start, end, newText } of spans) {
    if (start < from) throw new Error('Two edits overlap.');
    result += text.slice(from, start) + newText;
    from = end;
  }
  return result + text.slice(from);
}
