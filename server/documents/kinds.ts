// Which documents the server answers for, and as what.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { CONFIG_LANGUAGE } from '../../protocol/language-server.ts';

export type DocumentKind = 'config' | 'python' | 'json';

export function kindOf({ uri, languageId }: Pick<TextDocument, 'uri' | 'languageId'>): DocumentKind | undefined {
  if (languageId === CONFIG_LANGUAGE || /\.quant\.ya?ml$/.test(uri)) return 'config';
  if (languageId === 'python' || uri.endsWith('.py')) return 'python';
  if (languageId === 'json' || languageId === 'jsonc' || uri.endsWith('.json')) return 'json';
  return undefined;
}
