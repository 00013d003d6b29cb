// A Keras model that was opened from a file, analyzed for the target of the config that names the file.
import type { OpenedKeras } from '../../engine/importers/opened-model.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { targetOf } from '../config/target.ts';
import type { ConfigIndex } from '../workspace/config-index.ts';
import { analyze } from './analyze.ts';
import type { AnalyzedModel } from './model-snapshot.ts';

export function analyzeFile(
  { model, weights }: OpenedKeras,
  path: string,
  settings: ServerSettings,
  configs: ConfigIndex,
): AnalyzedModel {
  const config = configs.naming(path)[0]?.config;
  return analyze(model, {
    file: path,
    target: targetOf(config, settings),
    severity: settings.severity,
    config,
    weights,
    ignores: [],
  });
}
