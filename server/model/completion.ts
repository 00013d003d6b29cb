// Completion of a layer's arguments in Python: the names that its call does not have yet, and the values of some.
import { type CompletionItem, CompletionItemKind, type Position } from 'vscode-languageserver';
import { baseParameters } from '../../engine/keras/catalogue/base-parameters.ts';
import { layerSpec } from '../../engine/keras/catalogue/catalogue.ts';
import type { ArgumentType, KerasVersion, Parameter } from '../../engine/keras/catalogue/layer-spec.ts';
import type { ModelSnapshot } from './model-snapshot.ts';

export function completeArguments(
  { source, language }: ModelSnapshot,
  uri: string,
  position: Position,
  version: KerasVersion,
): CompletionItem[] {
  if (language !== 'python') return [];
  const { line, column } = source.at(uri, position);
  const lines = source.text.split('\n');
  const before = [...lines.slice(Math.max(0, line - 40), line - 1), lines[line - 1].slice(0, column - 1)].join('\n');
  const call = openCall(before);
  const spec = call && layerSpec(call.name, version);
  if (!call || !spec) return [];
  const parameters = [...spec.parameters, ...baseParameters(version)].filter(
    ({ only }) => only === undefined || only === version,
  );
  const value = /(\w+)\s*=\s*(['"]?)[\w.]*$/.exec(call.argument);
  if (value) {
    const parameter = parameters.find(({ name }) => name === value[1]);
    return parameter ? valuesOf(parameter, value[2] !== '') : [];
  }
  if (!/^\s*\w*$/.test(call.argument)) return [];
  const given = new Set(call.given);
  const positional = new Set(spec.parameters.slice(0, call.positional).map(({ name }) => name));
  return parameters
    .filter(({ name }) => !given.has(name) && !positional.has(name))
    .map((parameter, index) => ({
      label: `${parameter.name}=`,
      filterText: parameter.name,
      kind: CompletionItemKind.Property,
      detail: `${WORDS[parameter.type] ?? parameter.type}${parameter.default === undefined ? ', required' : ` = ${python(parameter.default)}`}`,
      documentation: spec.documentation,
      sortText: `!${String(index).padStart(3, '0')}`,
      insertText: `${parameter.name}=`,
    }));
}

interface OpenCall {
  readonly name: string;
  /** What is written of the argument at the cursor. */
  readonly argument: string;
  readonly given: readonly string[];
  /** Arguments before it without a name. */
  readonly positional: number;
}

/** The innermost call that is open at the end of a text, found by walking back over balanced brackets and strings. */
function openCall(text: string): OpenCall | undefined {
  let depth = 0;
  const commas: number[] = [];
  for (let at = text.length - 1; at >= 0; at--) {
    const letter = text[at];
    if (letter === '"' || letter === "'") {
      const open = text.lastIndexOf(letter, at - 1);
      // An unclosed string: the cursor is in it, which the argument's own text shows.
      if (open > text.lastIndexOf('\n', at)) at = open;
    } else if (')]}'.includes(letter)) depth++;
    else if ('([{'.includes(letter)) {
      if (depth-- > 0) continue;
      const name = letter === '(' ? /(\w+)\s*$/.exec(text.slice(0, at))?.[1] : undefined;
      return name === undefined ? undefined : describe(name, text, at + 1, commas);
    } else if (letter === ',' && depth === 0) commas.unshift(at);
  }
  return undefined;
}

function describe(name: string, text: string, start: number, commas: readonly number[]): OpenCall {
  const edges = [start - 1, ...commas, text.length];
  const parts = edges.slice(1).map((end, index) => text.slice(edges[index] + 1, end));
  const argument = parts.pop() ?? '';
  const names = parts.map((part) => /^\s*(\w+)\s*=(?!=)/.exec(part)?.[1]);
  return {
    name,
    argument,
    given: names.filter((each) => each !== undefined),
    positional: names.filter((each) => each === undefined).length,
  };
}

const ACTIVATIONS = ['relu', 'relu6', 'linear', 'softmax', 'sigmoid', 'tanh', 'swish', 'gelu', 'elu', 'hard_sigmoid'];
const CHOICES: { readonly [T in ArgumentType]?: readonly string[] } = {
  padding: ['same', 'valid'],
  dataFormat: ['channels_last', 'channels_first'],
  activation: ACTIVATIONS,
  initializer: ['glorot_uniform', 'he_normal', 'he_uniform', 'lecun_normal', 'zeros', 'ones'],
};

const WORDS: { readonly [T in ArgumentType]?: string } = {
  size1: 'integer',
  size2: 'integer or 2 integers',
  size3: 'integer or 3 integers',
  dataFormat: 'data format',
  any: 'value',
};

function valuesOf({ type, default: value }: Parameter, isQuoted: boolean): CompletionItem[] {
  const texts = type === 'boolean' ? ['True', 'False'] : (CHOICES[type] ?? []);
  return texts.map((text, index) => ({
    label: text,
    kind: CompletionItemKind.EnumMember,
    detail: text === value ? 'default' : undefined,
    sortText: `!${String(index).padStart(3, '0')}`,
    insertText: isQuoted || type === 'boolean' ? text : `'${text}'`,
  }));
}

function python(value: Parameter['default']): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `(${value.join(', ')})`;
  return typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? '…' : String(value);
}
