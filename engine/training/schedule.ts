// Learning rate schedules, as functions of the step.

export type Schedule =
  | { readonly kind: 'constant' }
  /** Half a cosine from the rate to `floor` times the rate at the last step (Loshchilov & Hutter 2017). */
  | { readonly kind: 'cosine'; readonly floor?: number }
  /** Multiplied by `factor` every `every` epochs. */
  | { readonly kind: 'step'; readonly factor: number; readonly every: number };

export interface RateOptions {
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Steps in which the rate rises linearly from 0. */
  readonly warmupSteps: number;
}

/** The learning rate of a step, counted from 0. */
export function learningRateAt(options: RateOptions, step: number, steps: number, stepsPerEpoch: number): number {
  const { learningRate, schedule, warmupSteps } = options;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  if (schedule.kind === 'cosine') {
    const floor = schedule.floor ?? 0;
    const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
    return learningRate * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
  }
  if (schedule.kind === 'step') {
    return learningRate * schedule.factor ** Math.floor(step / stepsPerEpoch / schedule.every);
  }
  return learningRate;
}
