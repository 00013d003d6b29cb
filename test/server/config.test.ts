// Configs over stdio, as an editor other than VS Code sees them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompletionItem, Hover, Location, TextEdit } from 'vscode-languageserver-protocol/node';
import { cursor, type LanguageClient, startServer } from './language-client.ts';
import { SMALL_MODEL } from './small-model.ts';

let folder: string;
let client: LanguageClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-server-'));
  writeFileSync(join(folder, 'small.json'), JSON.stringify(SMALL_MODEL, null, 2));
  client = await startServer(folder);
}, 60_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

let count = 0;
const config = (text: string): string => client.open(join(folder, `c${count++}.quant.yaml`), text);
const labels = (items: readonly CompletionItem[]): string[] => items.map(({ label }) => label).sort();

async function complete(marked: string): Promise<string[]> {
  const { text, position } = cursor(marked);
  return labels(await client.request('textDocument/completion', { textDocument: { uri: config(text) }, position }));
}

describe('diagnostics of a config', () => {
  it('are none for a right one', async () => {
    expect(await client.diagnostics(config('model: small.json\n'))).toEqual([]);
  });

  it('name what is wrong, where, and what was expected', async () => {
    const [problem] = await client.diagnostics(config('model: small.json\ntraining:\n  epoch: 3\n'));
    expect(problem.range).toEqual({ start: { line: 2, character: 2 }, end: { line: 2, character: 7 } });
    expect(problem.message).toContain('epochs');
  });

  it('are one for a file that is not there', async () => {
    const problems = await client.diagnostics(config('model: nowhere.h5\n'));
    expect(problems.map(({ code }) => code)).toContain('missing-file');
  });

  it('follow the text', async () => {
    const uri = config('model: small.json\ntarget: tflite\n');
    expect(await client.diagnostics(uri)).toHaveLength(1);
    client.change(uri, 'model: small.json\ntarget: tflite-int8\n');
    expect(await client.diagnostics(uri)).toEqual([]);
  });
});

describe('completion in a config', () => {
  it('offers the keys that a map does not have', async () => {
    const keys = await complete('model: small.json\ntraining:\n  epochs: 3\n  |\n');
    expect(keys).toContain('optimizer');
    expect(keys).not.toContain('epochs');
  });

  it('offers keys at the top, also half written', async () => {
    expect(await complete('mod|')).toContain('model');
    expect(await complete('model: small.json\ntr|')).toContain('training');
  });

  it('offers keys in a flow map', async () => {
    expect(await complete('model: small.json\ntraining: { epochs: 3, | }\n')).toContain('batch');
  });

  it('offers values', async () => {
    expect(await complete('model: small.json\ntraining:\n  optimizer: |\n')).toEqual(['adam', 'sgd']);
    expect(await complete('model: small.json\ntarget: tf|\n')).toContain('tflite-int8');
    expect(await complete('model: small.json\ntraining: { schedule: | }\n')).toEqual(
      expect.arrayContaining(['constant', 'cosine']),
    );
  });

  it('offers the layers of the model, and its classes', async () => {
    const names = await complete('model: small.json\nquantization:\n  overrides:\n    - match: |\n');
    expect(names).toEqual(expect.arrayContaining(['stem', 'logits', '{ class: Dense }']));
  });

  it('offers files', async () => {
    expect(await complete('model: |\n')).toContain('small.json');
  });

  it('offers nothing in a comment', async () => {
    expect(await complete('model: small.json # tr|\n')).toEqual([]);
  });
});

describe('hover in a config', () => {
  const hover = async (marked: string): Promise<string> => {
    const { text, position } = cursor(marked);
    const answer = await client.request<Hover | null>('textDocument/hover', {
      textDocument: { uri: config(text) },
      position,
    });
    return answer ? (answer.contents as { value: string }).value : '';
  };

  it('explains a key with its default', async () => {
    const text = await hover('model: small.json\ntraining:\n  bat|ch: 32\n');
    expect(text).toContain('**training.batch**');
    expect(text).toContain('Default: `64`');
  });

  it('lists the layers that a pattern matches', async () => {
    const text = await hover(
      "model: small.json\nquantization:\n  overrides:\n    - match: 'st|*'\n      skip: true\n".replace('st|*', 's|t*'),
    );
    expect(text).toContain('`stem`');
  });
});

it('formats a config and keeps its comments', async () => {
  const uri = config('# why\nmodel:   small.json\ntraining: {epochs: 3} # short\n');
  const edits = await client.request<TextEdit[]>('textDocument/formatting', {
    textDocument: { uri },
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edits.map(({ newText }) => newText)).toEqual(['# why\nmodel: small.json\ntraining: { epochs: 3 } # short\n']);
});

it('links the files that a config names', async () => {
  const uri = config('model: small.json\n');
  const links = await client.request<{ target: string }[]>('textDocument/documentLink', { textDocument: { uri } });
  expect(links.map(({ target }) => target)).toEqual([expect.stringMatching(/small\.json$/)]);
});

it('goes from a layer in a config to its place in Keras JSON, and renames both', async () => {
  const { text, position } = cursor(
    'model: small.json\nquantization:\n  overrides:\n    - match: st|em\n      skip: true\n',
  );
  const textDocument = { uri: config(text) };
  const [place] = await client.request<Location[]>('textDocument/definition', { textDocument, position });
  expect(place.uri).toMatch(/small\.json$/);
});

it('writes an override into the text and leaves the rest as it is', async () => {
  const uri = config('# mine\nmodel: small.json # here\n');
  const edit = await client.request<{ newText: string; line: number }>('quantlens/override', {
    uri,
    layers: ['stem'],
    change: 'skip',
  });
  expect(edit.newText).toBe(
    '# mine\nmodel: small.json # here\nquantization:\n  overrides:\n    - match: stem\n      skip: true\n',
  );
  expect(edit.line).toBe(4);
});
