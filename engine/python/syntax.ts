// The syntax tree of a Python file: a compact typed form of what tree-sitter saw, made for walking and evaluating.
// Offsets are UTF-16 code units from the start of the text; `end` is exclusive.

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';

/** An argument of a call: `value`, `name=value`, `*value` or `**value`. */
export interface Argument extends Span {
  readonly name?: string;
  readonly star: 0 | 1 | 2;
  readonly value: Expression;
}

export interface Parameter extends Span {
  readonly name: string;
  readonly kind: 'positional' | 'positional-only' | 'keyword-only' | 'args' | 'kwargs';
  readonly default?: Expression;
  readonly annotation?: Expression;
}

export interface ComprehensionClause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

export interface DictEntry {
  /** Absent in `**value`. */
  readonly key?: Expression;
  readonly value: Expression;
}

/** A piece of an f-string: literal text, or an expression with its conversion and format specification. */
export type FormatPart = string | FormatField;
export interface FormatField {
  readonly value: Expression;
  readonly conversion?: string;
  readonly format?: readonly FormatPart[];
  /** Source text of `{name=}`, printed before the value. */
  readonly label?: string;
}

export type Expression = Span &
  (
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'number'; readonly value: number; readonly isFloat: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'bytes'; readonly value: string }
    | { readonly kind: 'format'; readonly parts: readonly FormatPart[] }
    | { readonly kind: 'constant'; readonly value: 'None' | 'True' | 'False' | '...' }
    | { readonly kind: 'tuple' | 'list' | 'set'; readonly items: readonly Expression[] }
    | { readonly kind: 'dict'; readonly entries: readonly DictEntry[] }
    | { readonly kind: 'binary'; readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'boolean'; readonly op: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: 'compare';
        readonly left: Expression;
        readonly rest: readonly { readonly op: CompareOperator; readonly right: Expression }[];
      }
    | { readonly kind: 'unary'; readonly op: '-' | '+' | '~' | 'not'; readonly operand: Expression }
    | {
        readonly kind: 'conditional';
        readonly test: Expression;
        readonly then: Expression;
        readonly otherwise: Expression;
      }
    | { readonly kind: 'lambda'; readonly parameters: readonly Parameter[]; readonly body: Expression }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | {
        readonly kind: 'attribute';
        readonly object: Expression;
        readonly name: string;
        /** Where the attribute's own name starts. */
        readonly nameStart: number;
      }
    | { readonly kind: 'subscript'; readonly object: Expression; readonly index: Expression }
    | { readonly kind: 'slice'; readonly lower?: Expression; readonly upper?: Expression; readonly step?: Expression }
    | { readonly kind: 'starred'; readonly value: Expression }
    | {
        readonly kind: 'comprehension';
        readonly result: 'list' | 'set' | 'dict' | 'generator';
        readonly key?: Expression;
        readonly value: Expression;
        readonly clauses: readonly ComprehensionClause[];
      }
    | { readonly kind: 'await'; readonly value: Expression }
    | { readonly kind: 'yield'; readonly value?: Expression; readonly from: boolean }
    | { readonly kind: 'walrus'; readonly name: string; readonly value: Expression }
    | { readonly kind: 'error'; readonly reason: string }
  );

export interface ImportedName {
  /** Dotted in `import a.b`. */
  readonly name: string;
  readonly alias?: string;
}

export interface ExceptHandler extends Span {
  readonly type?: Expression;
  readonly name?: string;
  readonly body: readonly Statement[];
}

export interface MatchCase {
  readonly pattern: Pattern;
  readonly guard?: Expression;
  readonly body: readonly Statement[];
}

export type Pattern =
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'capture'; readonly name: string }
  | { readonly kind: 'value'; readonly value: Expression }
  | { readonly kind: 'or'; readonly options: readonly Pattern[] }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'unsupported' };

export interface FunctionDefinition extends Span {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
  /** Whether the body yields (nested functions aside). */
  readonly isGenerator: boolean;
  /** Where the name starts. */
  readonly nameStart: number;
}

export interface ClassDefinition extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Argument[];
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
  readonly nameStart: number;
}

export type Statement =
  | FunctionDefinition
  | ClassDefinition
  | (Span &
      (
        | { readonly kind: 'expression'; readonly value: Expression }
        | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly value: Expression }
        | {
            readonly kind: 'augmented';
            readonly target: Expression;
            readonly op: BinaryOperator;
            readonly value: Expression;
          }
        | {
            readonly kind: 'annotated';
            readonly target: Expression;
            readonly annotation: Expression;
            readonly value?: Expression;
          }
        | {
            readonly kind: 'if';
            readonly test: Expression;
            readonly then: readonly Statement[];
            readonly otherwise: readonly Statement[];
          }
        | {
            readonly kind: 'for';
            readonly target: Expression;
            readonly iterable: Expression;
            readonly body: readonly Statement[];
            readonly otherwise: readonly Statement[];
          }
        | {
            readonly kind: 'while';
            readonly test: Expression;
            readonly body: readonly Statement[];
            readonly otherwise: readonly Statement[];
          }
        | { readonly kind: 'return'; readonly value?: Expression }
        | { readonly kind: 'pass' | 'break' | 'continue' }
        | { readonly kind: 'import'; readonly names: readonly ImportedName[] }
        | {
            readonly kind: 'from-import';
            readonly module: string;
            /** Leading dots. */
            readonly level: number;
            readonly names: readonly ImportedName[];
            readonly star: boolean;
          }
        | {
            readonly kind: 'with';
            readonly items: readonly { readonly value: Expression; readonly target?: Expression }[];
            readonly body: readonly Statement[];
          }
        | {
            readonly kind: 'try';
            readonly body: readonly Statement[];
            readonly handlers: readonly ExceptHandler[];
            readonly otherwise: readonly Statement[];
            readonly finally: readonly Statement[];
          }
        | { readonly kind: 'raise'; readonly value?: Expression }
        | { readonly kind: 'assert'; readonly test: Expression; readonly message?: Expression }
        | { readonly kind: 'global'; readonly names: readonly string[] }
        | { readonly kind: 'nonlocal'; readonly names: readonly string[] }
        | { readonly kind: 'delete'; readonly targets: readonly Expression[] }
        | { readonly kind: 'match'; readonly subject: Expression; readonly cases: readonly MatchCase[] }
        | { readonly kind: 'error'; readonly reason: string }
      ));

/** One parsed file. */
export interface PythonModule {
  readonly text: string;
  readonly body: readonly Statement[];
  /** Places that the grammar could not read. */
  readonly errors: readonly Span[];
}
