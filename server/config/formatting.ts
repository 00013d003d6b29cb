// Formatting of the config: the YAML library writes the tree again, comments and blank lines kept.
import type { FormattingOptions, TextEdit } from 'vscode-languageserver';
import { parseDocument } from 'yaml';
import type { ConfigSnapshot } from './config-snapshot.ts';

const WIDTH = 120;

export function formatConfig({ document }: ConfigSnapshot, options: FormattingOptions): TextEdit[] {
  const text = document.getText();
  const yaml = parseDocument(text, { logLevel: 'silent' });
  if (yaml.errors.length > 0) return [];
  const newText = yaml.toString({ indent: options.tabSize, lineWidth: WIDTH, flowCollectionPadding: true });
  if (newText === text) return [];
  return [{ range: { start: { line: 0, character: 0 }, end: document.positionAt(text.length) }, newText }];
}
