// A Keras model that was opened from a file, analyzed for the target of the config that names the file.
import type { OpenedKeras } from '../../engine/importers/opened-model.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { configFacts } from '../config/config-facts.ts';
import { targetOf } from '../config/target.ts';
import type { ConfigIndex } from '../workspace/config-index.ts';
import { analyze } from './analyze.ts';
import type { AnalyzedModel } from './model-snapshot.ts';

export async function analyzeFile(
  { model, weights }: OpenedKeras,
  path: string,
  settings: ServerSettings,
  configs: ConfigIndex,
): Promise<AnalyzedModel> {
  const config = (await configs.naming(path))[0]?.config;
  const target = await targetOf(config, settings, path);
  const facts = config && configFacts(config, target);
  return analyze(model, { file: path, target, presenting: { severity: settings.severity }, config, facts, weights });
}
