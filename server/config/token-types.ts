// The types of the config's semantic tokens, as the client is told them.
import { SemanticTokenTypes } from 'vscode-languageserver';

export const TOKEN_TYPES = [SemanticTokenTypes.function, SemanticTokenTypes.class, SemanticTokenTypes.enumMember];
