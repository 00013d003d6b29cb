// Semantic tokens of the config: which words name a layer, a class or a choice takes the schema and the model to tell.
import { type SemanticTokens, SemanticTokensBuilder, SemanticTokenTypes } from 'vscode-languageserver';
import { schemaAt } from '../../engine/config/json-schema.ts';
import { layersByPath } from '../model/layer-paths.ts';
import type { ModelOfConfig } from '../model/model-of-config.ts';
import { type ConfigPlace, type ConfigSnapshot, places } from './config-snapshot.ts';
import { choicesOf } from './schema-words.ts';
import { TOKEN_TYPES } from './token-types.ts';

export function configTokens(snapshot: ConfigSnapshot, { model }: ModelOfConfig): SemanticTokens {
  const { document, yaml } = snapshot;
  const layers = model && layersByPath(model);
  const names = new Set(layers?.keys());
  const classes = new Set([...(layers?.values() ?? [])].map((layer) => layer.class));
  const builder = new SemanticTokensBuilder();
  for (const place of places(yaml)) {
    const type = place.part === 'value' ? typeOf(place, names, classes) : undefined;
    if (type === undefined || place.text === '') continue;
    const { line, character } = document.positionAt(place.start);
    builder.push(line, character, place.end - place.start, TOKEN_TYPES.indexOf(type), 0);
  }
  return builder.build();
}

function typeOf({ path, text }: ConfigPlace, names: ReadonlySet<string>, classes: ReadonlySet<string>) {
  const key = path.at(-1);
  const isOverride = path[0] === 'quantization' && path[1] === 'overrides';
  if (isOverride && key === 'class') return classes.has(text) ? SemanticTokenTypes.class : undefined;
  if (isOverride && (key === 'match' || key === 'name'))
    return names.has(text) ? SemanticTokenTypes.function : undefined;
  const schema = schemaAt(path);
  const isChoice = schema && schema.type !== 'boolean' && choicesOf(schema).includes(text);
  return isChoice ? SemanticTokenTypes.enumMember : undefined;
}
