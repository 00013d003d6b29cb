// Normalizations of each example as means and elementwise ops, as LiteRT's converter writes them.

import type { TensorId } from '../../graph/tensor.ts';
import { axesOf } from '../catalogue/batch-normalization.ts';
import { numberOf } from '../catalogue/config-values.ts';
import { layerError } from '../catalogue/layer-error.ts';
import { type Formula, formulaOf } from './activation.ts';
import type { LowerContext } from './lower-context.ts';

const sortedAxes = ({ application }: LowerContext): readonly number[] => axesOf(application).toSorted((a, b) => a - b);

/** A weight with one value a position of the axes, with ones where the data has other axes behind the first of them. */
function alongAxes(context: LowerContext, name: string): TensorId {
  const axes = sortedAxes(context);
  const rank = context.application.inputs[0].length;
  const behind = Array.from({ length: rank - axes[0] }, (_, index) => axes.indexOf(index + axes[0]));
  const shape = (keras: readonly number[]) => behind.map((index) => (index < 0 ? 1 : keras[index]));
  return context.weight(name, { shape, values: (data) => data });
}

const mean = ({ graph, path }: LowerContext, x: TensorId, axes: readonly number[]): TensorId =>
  graph.op(
    'MEAN',
    [x, graph.integers(`${path}/axes`, axes)],
    { keepDims: true },
    { name: `${path}/mean`, layers: [path] },
  );

/** 1 / √(x + ε) */
const inverseRoot = (formula: Formula, x: TensorId, epsilon: number): TensorId =>
  formula.unary('RSQRT', formula.binary('ADD', x, formula.scalar(epsilon)));

/** (x − mean) / √(variance + ε) · gamma + beta. */
export function lowerLayerNormalization(context: LowerContext): readonly TensorId[] {
  const { application, inputs } = context;
  const [x] = inputs;
  const { config } = application;
  const formula = formulaOf(context);
  const axes = sortedAxes(context);
  const epsilon = numberOf(application, 'epsilon');
  if (config.rms_scaling === true)
    throw layerError(application, 'rms_scaling has no lowering here; use RMSNormalization.');
  const average = mean(context, x, axes);
  const variance = mean(context, formula.binary('SQUARED_DIFFERENCE', x, average), axes);
  const normalized = formula.binary('MUL', formula.binary('SUB', x, average), inverseRoot(formula, variance, epsilon));
  const scaled = config.scale === true ? formula.binary('MUL', normalized, alongAxes(context, 'gamma')) : normalized;
  return [config.center === true ? formula.binary('ADD', scaled, alongAxes(context, 'beta')) : scaled];
}

/** x / √(mean of x² + ε) · scale. */
export function lowerRmsNormalization(context: LowerContext): readonly TensorId[] {
  const [x] = context.inputs;
  const formula = formulaOf(context);
  const square = mean(context, formula.unary('SQUARE', x), sortedAxes(context));
  const root = inverseRoot(formula, square, numberOf(context.application, 'epsilon'));
  return [formula.binary('MUL', formula.binary('MUL', x, root), alongAxes(context, 'scale'))];
}
