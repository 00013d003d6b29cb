// Checks one file: every model that it holds or builds, and the text itself.

import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { lower } from '../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights, Stop } from '../../engine/keras/model.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import { TFLITE_INT8 } from '../../engine/quantization/targets/tflite-int8.ts';
import { type ApiCall, apiCalls } from '../../engine/rules/api-calls.ts';
import { checkContext, checkSource, ruleContext } from '../../engine/rules/check-model.ts';
import type { ConfigFacts } from '../../engine/rules/config-facts.ts';
import type { RuleContext } from '../../engine/rules/context.ts';
import { type IgnoreComment, ignoreComments } from '../../engine/rules/ignore.ts';
import {
  type LocateKey,
  type PresentedFinding,
  presentFindings,
  type SeveritySettings,
} from '../../engine/rules/present.ts';
import { displayPath } from '../files/files.ts';
import { loadModel } from '../models/load-model.ts';
import { isPython, pythonModels } from '../models/python-models.ts';
import { isConfig, readConfig } from './read-config.ts';

export interface CheckOptions {
  /** That of a config or else LiteRT's int8 where none is asked for. */
  readonly target?: Target;
  readonly severity: SeveritySettings;
  /** Expression that gives the model of a Python file; without it, every model that the file builds. */
  readonly entry?: string;
  /** Folders that imports are looked up in, besides the file's own. */
  readonly roots: readonly string[];
  /** The Keras that a Python file is written for; found out from its text where it is not said. */
  readonly kerasVersion?: 2 | 3;
}

/** What was read from a file, before any rule. */
export interface ReadFile {
  readonly models: readonly KerasModel[];
  readonly weights?: KerasWeights;
  readonly calls: readonly ApiCall[];
  /** Where no model could be read from. */
  readonly stopped: readonly Stop[];
  readonly ignores: (file: string) => readonly IgnoreComment[];
  readonly config?: ConfigFacts;
  readonly locateKey?: LocateKey;
}

export interface CheckedModel {
  /** Null for findings about a text that builds no model. */
  readonly model: KerasModel | null;
  readonly context: RuleContext | null;
  readonly findings: readonly PresentedFinding[];
}

export interface CheckedFile {
  readonly file: string;
  /** Name of the target that was checked for. */
  readonly target: string;
  readonly models: readonly CheckedModel[];
}

/** @throws InputError for a file that cannot be read or is no model. */
export async function checkFile(file: string, options: CheckOptions): Promise<CheckedFile> {
  if (isConfig(file)) {
    const { target, ...read } = await readConfig(file, options.target);
    return checkRead(file, read, target, options.severity);
  }
  const read = isPython(file) ? await readPython(file, options) : await readModelFile(file);
  return checkRead(file, read, options.target ?? TFLITE_INT8, options.severity);
}

async function readPython(file: string, { entry, roots, kerasVersion }: CheckOptions): Promise<ReadFile> {
  const options = { roots, ...(entry !== undefined && { entry }), ...(kerasVersion && { kerasVersion }) };
  const own = await pythonModels(file, options);
  // A file of functions that build models is checked by what they build, as in the editor.
  const isIdle = own.models.length === 0 && own.stopped.length === 0 && entry === undefined;
  const { models, stopped, module, moduleOf } = isIdle
    ? await pythonModels(file, { ...options, callBuilders: true })
    : own;
  const comments = new Map<string, readonly IgnoreComment[]>();
  return {
    models,
    calls: apiCalls(module, file),
    stopped,
    ignores(path) {
      const known = comments.get(path) ?? ignoreComments(moduleOf(path)?.text ?? '');
      comments.set(path, known);
      return known;
    },
  };
}

async function readModelFile(file: string): Promise<ReadFile> {
  const opened = await loadModel(file);
  if (opened.kind === 'tflite') {
    throw new InputError(
      `${displayPath(file)} is a .tflite, which is quantized already or was lowered to float ops; check reads the Keras model that it was made from.`,
      { file },
    );
  }
  const { model, weights } = opened;
  return { models: [model], weights, calls: [], stopped: [], ignores: () => [] };
}

/** The findings about what was read: those of each model, and those of the text with the first of them. */
export function checkRead(file: string, read: ReadFile, target: Target, severity: SeveritySettings): CheckedFile {
  const presenting = { severity, ignores: read.ignores, locateKey: read.locateKey };
  const models = read.models.map((model): CheckedModel => {
    const graph = tryLower(model, read.weights);
    const { config = null, weights = null, calls } = read;
    const context = ruleContext(model, graph, target, config, { weights, calls });
    return { model, context, findings: presentFindings(checkContext(context), context, presenting) };
  });
  const stopped = [
    ...read.models.flatMap((model) => model.stopped.map((stop) => ({ ...stop, model: model.variable ?? model.name }))),
    ...read.stopped.map((stop) => ({ ...stop, model: null })),
  ];
  const own = presentFindings(checkSource({ file, calls: read.calls, stopped }), null, presenting);
  const [first, ...rest] = models;
  if (first === undefined)
    return { file, target: target.name, models: [{ model: null, context: null, findings: own }] };
  return { file, target: target.name, models: [{ ...first, findings: [...first.findings, ...own] }, ...rest] };
}

/** A model that is not whole may have no graph: the rules that need one are then silent. */
function tryLower(model: KerasModel, weights: KerasWeights | undefined): Graph | null {
  try {
    return lower(model, weights, { unsupported: 'keep' });
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return null;
    throw error;
  }
}
