// Makes the snapshot of a text that may build models: Python, a notebook, or Keras JSON.

import { checkSource } from '../../engine/rules/check-model.ts';
import { ignoreComments } from '../../engine/rules/ignore.ts';
import { presentFindings } from '../../engine/rules/present.ts';
import type { StoppedAt } from '../../engine/rules/source-facts.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { targetOf } from '../config/target.ts';
import type { ConfigIndex } from '../workspace/config-index.ts';
import { analyze } from './analyze.ts';
import { modelsOfJson } from './keras-json.ts';
import type { ModelSnapshot } from './model-snapshot.ts';
import type { ModelsOfPython, PythonAnalyzer } from './python.ts';
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
      : { ...modelsOfJson(source.text, source.path), calls: [], dependencies: new Set<string>() };
  const naming = read.models.length > 0 ? configs.naming(source.path) : [];
  const ignores = language === 'python' ? ignoreComments(source.text) : [];
  const models = read.models.map((model) => {
    const config = naming.find(({ symbol }) => isMeant(symbol, model))?.config;
    const target = targetOf(config, settings);
    return analyze(model, {
      file: source.path,
      target,
      severity: settings.severity,
      config,
      calls: read.calls,
      ignores,
    });
  });
  const textFindings = presentFindings(
    checkSource({ file: source.path, calls: read.calls, stopped: stops(read) }),
    null,
    {
      severity: settings.severity,
      ignores: (file) => (file === source.path ? ignores : []),
    },
  );
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

/** A syntax error is said by the language's own server, and while one types. */
function stops({ models, stopped }: Pick<ModelsOfPython, 'models' | 'stopped'>): readonly StoppedAt[] {
  const all: readonly StoppedAt[] = [
    ...models.flatMap((model) => model.stopped.map((stop) => ({ ...stop, model: model.variable ?? model.name }))),
    ...stopped.map((stop) => ({ ...stop, model: null })),
  ];
  return all.filter(({ reason }) => !/^the syntax is not/i.test(reason));
}

/** A config names a model by its variable, its function, or not at all. */
function isMeant(symbol: string | undefined, model: ModelsOfPython['models'][number]): boolean {
  return symbol === undefined || symbol === model.variable || symbol === model.name || model.variable === undefined;
}
