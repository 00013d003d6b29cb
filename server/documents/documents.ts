// The documents that the client has open, cells of notebooks included.
import { type Connection, NotebookDocuments, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pathOf } from '../files.ts';

export interface Documents {
  get(uri: string): TextDocument | undefined;
  byPath(path: string): TextDocument | undefined;
  all(): readonly TextDocument[];
  /** The notebook of a cell, with its Python cells in order; undefined for a document that is no cell. */
  notebookOf(uri: string): { readonly uri: string; readonly cells: readonly TextDocument[] } | undefined;
}

export interface DocumentEvents {
  opened(document: TextDocument): void;
  changed(document: TextDocument): void;
  closed(document: TextDocument): void;
}

export function listenToDocuments(connection: Connection, events: DocumentEvents): Documents {
  const texts = new TextDocuments(TextDocument);
  const notebooks = new NotebookDocuments(TextDocument);
  const cells = notebooks.cellTextDocuments;
  for (const documents of [texts, cells]) {
    documents.onDidOpen(({ document }) => events.opened(document));
    documents.onDidChangeContent(({ document }) => events.changed(document));
    documents.onDidClose(({ document }) => events.closed(document));
  }
  texts.listen(connection);
  notebooks.listen(connection);
  return {
    get: (uri) => texts.get(uri) ?? cells.get(uri),
    all: () => [...texts.all(), ...cells.all()],
    byPath: (path) => texts.all().find((document) => pathOf(document.uri) === path),
    notebookOf(uri) {
      const notebook = notebooks.findNotebookDocumentForCell(uri);
      if (!notebook) return undefined;
      const documents = notebook.cells.flatMap((cell) => cells.get(cell.document) ?? []);
      return { uri: notebook.uri, cells: documents.filter(({ languageId }) => languageId === 'python') };
    },
  };
}
