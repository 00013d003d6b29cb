// The events of a training in its fourth epoch.
import type { JobEvent } from '../../../protocol/job-events.ts';
import type { TimedEvent } from '../../../protocol/webview-messages.ts';

const STEPS = 40;

export function fixtureTraining(epochs = 4): TimedEvent[] {
  const events: JobEvent[] = [
    { kind: 'started', run: 'first', folder: '/project/.quantlens/runs/first', metric: 'accuracy' },
    { kind: 'phase', phase: 'train', message: 'Training with quantization, 6 epochs of 2560 samples' },
    { kind: 'warning', message: 'conv2d_3 has 2 channels whose weights are all 0.' },
  ];
  for (let step = 1; step <= epochs * STEPS; step++) {
    const loss = 2 * Math.exp(-step / 60) + 0.2 + 0.1 * Math.sin(step);
    events.push({ kind: 'step', step, loss, learningRate: 1e-3 * (1 - step / (6 * STEPS)), imagesPerSecond: 812 });
    events.push({ kind: 'progress', phase: 'train', done: step, total: 6 * STEPS, perSecond: 812 });
    if (step % STEPS > 0) continue;
    const epoch = step / STEPS;
    const validationScore = 1 - loss / 3;
    events.push({
      kind: 'epoch',
      epoch,
      epochs: 6,
      loss,
      accuracy: 1 - loss / 3.2,
      validationScore,
      int8Score: validationScore - 0.004,
    });
    const tensors = ['image', 'conv2d_1', 'conv2d_2'].map((name, index) => ({
      name,
      min: -index,
      max: 3 + index + epoch / 10,
    }));
    events.push({ kind: 'ranges', epoch, tensors });
  }
  return events.map((event, index) => ({ event, at: 1_772_445_600_000 + 100 * index }));
}
