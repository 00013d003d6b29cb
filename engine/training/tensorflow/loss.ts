// The losses of a training program by TensorFlow: one value a sample, and whether each sample's answer is right.

import { argMax } from '../../kernels/reference/loss.ts';
import type { Step } from './step.ts';
import type { Tensor } from './tensorflow.ts';

/** Losses of the samples, [count]; `hits` of the program are written where the loss has them. */
export function sampleLosses(s: Step, logits: Tensor): Tensor {
  const { tf, program, count } = s;
  const { loss } = program.options.training;
  const flat = tf.reshape(logits, [count, -1]);
  const outputs = flat.shape[1];
  if (loss === 'sparse-categorical-crossentropy') return softmaxCrossEntropy(s, flat, outputs);
  const targets = tf.tensor(program.targets.slice(0, count * outputs), [count, outputs]);
  if (loss === 'binary-crossentropy') return sigmoidCrossEntropy(s, flat, targets);
  const difference = tf.sub(flat, targets);
  return tf.mean(loss === 'mean-squared-error' ? tf.square(difference) : tf.abs(difference), 1);
}

function softmaxCrossEntropy(s: Step, logits: Tensor, classes: number): Tensor {
  const { tf, program, count } = s;
  const { labelSmoothing, classWeights } = program.options.training;
  const values = logits.dataSync();
  const wanted = new Float32Array(count * classes).fill(labelSmoothing / classes);
  const weights = new Float32Array(count).fill(1);
  for (let n = 0; n < count; n++) {
    const label = program.targets[n];
    wanted[n * classes + label] += 1 - labelSmoothing;
    if (classWeights !== null) weights[n] = classWeights[label];
    program.hits[n] = Number(argMax(values, n * classes, classes) === label);
  }
  const products = tf.mul(tf.logSoftmax(logits), tf.tensor(wanted, [count, classes]));
  return tf.mul(tf.neg(tf.sum(products, 1)), tf.tensor(weights, [count]));
}

function sigmoidCrossEntropy(s: Step, logits: Tensor, labels: Tensor): Tensor {
  const { tf, program, count } = s;
  const { labelSmoothing, classWeights } = program.options.training;
  const [values, wanted] = [logits.dataSync(), labels.dataSync()];
  const outputs = logits.shape[1];
  for (let n = 0; n < count; n++) {
    let right = 1;
    for (let i = n * outputs; i < (n + 1) * outputs; i++) if (values[i] > 0 !== wanted[i] > 0.5) right = 0;
    program.hits[n] = right;
  }
  const smoothed = wanted.map((label) => label * (1 - labelSmoothing) + 0.5 * labelSmoothing);
  const weights = wanted.map((label) => (classWeights === null ? 1 : classWeights[label > 0.5 ? 1 : 0]));
  const each = tf.sub(tf.softplus(logits), tf.mul(logits, tf.tensor(smoothed, logits.shape)));
  return tf.mean(tf.mul(each, tf.tensor(weights, logits.shape)), 1);
}
