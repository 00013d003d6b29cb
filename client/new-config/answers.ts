// What "New Quantization Config" is told, and the text that it becomes: only what was answered, the rest has defaults.

export interface DataAnswer {
  /** Relative to the config. */
  readonly path: string;
  /** Arrays of an `.npz`; a folder of images has none. */
  readonly train?: Arrays;
  readonly validation?: Arrays;
}

export interface Arrays {
  readonly inputs: string;
  readonly labels?: string;
}

/** How the values of the files become those of the model's input. */
export type Scaling = 'none' | '0..255 to 0..1' | '0..255 to -1..1';

export interface Answers {
  /** `model.py:build_model`, relative to the config. */
  readonly model: string;
  readonly target: string;
  /** A file, or none because the model file has its own, or none and the float model is trained first. */
  readonly weights: { readonly file: string } | 'own' | 'train';
  readonly data?: DataAnswer;
  readonly scaling: Scaling;
  readonly trains: boolean;
}

const SCALING: { readonly [scaling in Scaling]: string } = {
  none: '',
  '0..255 to 0..1': '  preprocessing: { scale: 0.00392156862745098 } # 0..255 to 0..1\n',
  '0..255 to -1..1': '  preprocessing: { scale: 0.00784313725490196, offset: -1 } # 0..255 to -1..1\n',
};

export function configText({ model, target, weights, data, scaling, trains }: Answers): string {
  const lines = [`model: ${quoted(model)}`];
  if (typeof weights === 'object') lines.push(`weights: ${quoted(weights.file)}`);
  lines.push(`target: ${target}`);
  if (data) lines.push('data:', ...sources(data));
  const text = `${lines.join('\n')}\n${data ? SCALING[scaling] : ''}`;
  const floatTraining = weights === 'train' ? 'floatTraining: { epochs: 10 } # the model has no weights yet\n' : '';
  return `${text}${floatTraining}${trains ? 'training: { epochs: 3, learningRate: 1e-4 }\n' : ''}`;
}

function sources({ path, train, validation }: DataAnswer): string[] {
  const source = (arrays: Arrays | undefined): string => {
    const keys = [`path: ${quoted(path)}`];
    if (arrays) keys.push(`inputs: ${quoted(arrays.inputs)}`);
    if (arrays?.labels !== undefined) keys.push(`labels: ${quoted(arrays.labels)}`);
    return `{ ${keys.join(', ')} }`;
  };
  const lines = [`  train: ${source(train)}`];
  if (validation) lines.push(`  validation: ${source(validation)}`);
  return lines;
}

/** Plain where YAML reads it as the same text. */
const quoted = (text: string): string => (/^[\w./][\w./:-]*$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`);

/** The arrays of an `.npz` by their names: `x_train` and `y_train`, `test_images` and `test_labels`, or one pair. */
export function guessArrays(names: readonly string[]): Pick<DataAnswer, 'train' | 'validation'> {
  const inputs = names.filter((name) => /^(x|.*(image|input|feature|sample|data))/i.test(name) && !isLabels(name));
  const of = (part: RegExp): Arrays | undefined => {
    const input = inputs.find((name) => part.test(name));
    if (input === undefined) return undefined;
    const labels = names.find((name) => isLabels(name) && part.test(name));
    return { inputs: input, ...(labels !== undefined && { labels }) };
  };
  const train = of(/train/i) ?? (inputs.length === 1 ? of(/./) : undefined);
  const validation = of(/val/i) ?? of(/test/i);
  return { ...(train && { train }), ...(validation && { validation }) };
}

const isLabels = (name: string): boolean => /^y(_|$|\d)|label|target|class/i.test(name);
