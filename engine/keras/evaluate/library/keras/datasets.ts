// `keras.datasets`: the shapes of what each gives, for `input_shape=x_train.shape[1:]`.

import { makeArray } from '../../frameworks/arrays.ts';
import { tuple, type Value } from '../../values.ts';
import { functions, type Lookup, makeModule } from '../make-module.ts';

interface DataSet {
  readonly train: number;
  readonly test: number;
  /** Of one example; absent in sequences of different lengths. */
  readonly example?: readonly number[];
  readonly label: readonly number[];
  readonly classes?: number;
  readonly dtype: string;
}

/** Source: https://keras.io/api/datasets/. */
const DATA_SETS: { readonly [name: string]: DataSet } = {
  mnist: { train: 60_000, test: 10_000, example: [28, 28], label: [], classes: 10, dtype: 'uint8' },
  fashion_mnist: { train: 60_000, test: 10_000, example: [28, 28], label: [], classes: 10, dtype: 'uint8' },
  cifar10: { train: 50_000, test: 10_000, example: [32, 32, 3], label: [1], classes: 10, dtype: 'uint8' },
  cifar100: { train: 50_000, test: 10_000, example: [32, 32, 3], label: [1], classes: 100, dtype: 'uint8' },
  imdb: { train: 25_000, test: 25_000, label: [], classes: 2, dtype: 'object' },
  reuters: { train: 8982, test: 2246, label: [], classes: 46, dtype: 'object' },
  boston_housing: { train: 404, test: 102, example: [13], label: [], dtype: 'float64' },
  california_housing: { train: 16_512, test: 4128, example: [8], label: [], dtype: 'float32' },
};

function halves({ train, test, example, label, classes, dtype }: DataSet): Value {
  const half = (count: number): Value => {
    const labels = makeArray(
      [count, ...label],
      classes === undefined ? 'float64' : dtype === 'object' ? 'int64' : 'uint8',
    );
    return tuple([
      makeArray([count, ...(example ?? [])], dtype),
      classes === undefined ? labels : { ...labels, classes },
    ]);
  };
  return tuple([half(train), half(test)]);
}

export const datasetsMember: Lookup = (name) => {
  const set = Object.hasOwn(DATA_SETS, name) ? DATA_SETS[name] : undefined;
  if (!set) return undefined;
  const members = functions({
    load_data: () => halves(set),
    get_word_index: () => ({ kind: 'unknown', reason: 'the word index is data' }),
  });
  return makeModule(`keras.datasets.${name}`, members);
};
