// Makes the snapshot of a text that may build models: Python, a notebook, or Keras JSON.

import { checkSource } from '../../engine/rules/check-model.ts';
import { ignoreComments } from '../../engine/rules/ignore.ts';
import { type Presenting, presentFindings } from '../../engine/rules/present.ts';
import type { StoppedAt } from '../../engine/rules/source-facts.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { targetOf } from '../config/target.ts';
import type { ConfigIndex } from '../workspace/config-index.ts';
import { analyze } from './analyze.ts';
import type { AnalyzedModel, ModelSnapshot } from './model-snapshot.ts';
import type { ModelsOfPython, PythonAnalyzer } from './python.ts';
import { isMeant } from './reference.ts';
import type { SourceText } from './source-text.ts';

export interface Reading {
  readonly source: SourceText;
  readonly language: 'python' | 'json';
  readonly settings: ServerSettings;
  readonly python: PythonAnalyzer;
  readonly configs: ConfigIndex;
  readonly previous?: ModelSnapshot;
}

export interface ReadModels {
  readonly snapshot: ModelSnapshot;
  readonly dependencies: ReadonlySet<string>;
}

export async function readModels(reading: Reading): Promise<ReadModels> {
  const { source, language, settings, python, configs, previous } = reading;
  const read =
    language === 'python'
      ? await python.models(source.path, source.text, settings.kerasVersion)
      : await readJson(source);
  const naming = read.models.length > 0 ? await configs.naming(source.path) : [];
  const ignores = language === 'python' ? ignoreComments(source.text) : [];
  const presenting: Presenting = {
    severity: settings.severity,
    ignores: (file) => (file === source.path ? ignores : []),
  };
  const models: AnalyzedModel[] = [];
  for (const model of read.models) {
    const config = naming.find(({ symbol }) => isMeant(symbol, model, source))?.config;
    const target = await targetOf(config, settings, source.path);
    const facts = config && (await import('../config/config-facts.ts')).configFacts(config, target);
    models.push(analyze(model, { file: source.path, target, presenting, config, facts, calls: read.calls }));
  }
  const facts = { file: source.path, calls: read.calls, stopped: stops(read) };
  const textFindings = presentFindings(checkSource(facts), null, presenting);
  const snapshot: ModelSnapshot = {
    kind: 'model',
    language,
    source,
    models,
    textFindings,
    stopped: read.stopped,
    isBroken: read.isBroken,
    ...(read.isBroken && { lastGood: previous?.isBroken ? previous.lastGood : previous }),
  };
  return { snapshot, dependencies: new Set([...read.dependencies, ...naming.map(({ config }) => config.path)]) };
}

/** Most JSON in a workspace is not Keras's: only text that could be is parsed. */
const mayBeKeras = (text: string): boolean => /"class_name"/.test(text) && /"config"/.test(text);

async function readJson({ text, path }: SourceText): Promise<ModelsOfPython> {
  const none = { models: [], stopped: [], isBroken: false, calls: [], dependencies: new Set<string>() };
  if (!mayBeKeras(text)) return none;
  const { modelsOfJson } = await import('./keras-json.ts');
  return { ...none, ...modelsOfJson(text, path) };
}

/** A syntax error is said by the language's own server, and while one types. */
function stops({ models, stopped }: Pick<ModelsOfPython, 'models' | 'stopped'>): readonly StoppedAt[] {
  const all: readonly StoppedAt[] = [
    ...models.flatMap((model) => model.stopped.map((stop) => ({ ...stop, model: model.variable ?? model.name }))),
    ...stopped.map((stop) => ({ ...stop, model: null })),
  ];
  return all.filter(({ reason }) => !/^the syntax is not/i.test(reason));
}
