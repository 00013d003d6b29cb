// The grammars by VS Code's own tokenizer: each token of a text with its most special scope, as a snapshot.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const require = createRequire(import.meta.url);
const ROOT = join(import.meta.dirname, '../..');
await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer as ArrayBuffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) => {
    const file = scope === 'source.yaml.quantlens' ? 'config' : 'python-comments';
    const path = join(ROOT, 'syntaxes', `${file}.tmLanguage.json`);
    return textmate.parseRawGrammar(readFileSync(path, 'utf8'), path);
  },
});

async function tokens(scope: string, text: string): Promise<string[]> {
  const grammar = await registry.loadGrammar(scope);
  let stack = textmate.INITIAL;
  return text.split('\n').flatMap((line) => {
    const { tokens: found, ruleStack } = grammar!.tokenizeLine(line, stack);
    stack = ruleStack;
    return found
      .map(({ startIndex, endIndex, scopes }) => [line.slice(startIndex, endIndex), scopes.at(-1)] as const)
      .filter(([word, last]) => word.trim() !== '' && last !== scope)
      .map(([word, last]) => `${word.trim()} → ${last}`);
  });
}

it('tells sections, keys, values and wildcards of a config apart', async () => {
  const text = `# why
model: digits.keras
target: tflite-int8 # quantlens: ignore[stays-float] wanted
data:
  train: { path: 'digits.npz', inputs: x_train }
quantization:
  overrides:
    - match: 'stem_*'
      skip: true
training: { epochs: 3, learningRate: 1e-3 }`;
  expect(await tokens('source.yaml.quantlens', text)).toMatchSnapshot();
});

it('finds our comments in Python', async () => {
  const text = 'x = f(x)  # quantlens: ignore[lambda-layer] it is folded away';
  expect(await tokens('quantlens.python.injection', text)).toMatchSnapshot();
});
