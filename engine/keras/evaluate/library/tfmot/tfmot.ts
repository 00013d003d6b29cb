// TensorFlow's Model Optimization toolkit: what its functions make of a model.

import { makeModule } from '../make-module.ts';
export const tfmot = () => makeModule('tensorflow_model_optimization');
