// Observers of the user's own over calibration data: those of a module named as `observer`, and quantizers that observe.

import type { Graph } from '../graph/graph.ts';
import type { TensorId } from '../graph/tensor.ts';
import { type OwnRun, ownRun } from '../quantization/own-run.ts';
import type { Range } from '../quantization/ranges.ts';
import type { FloatForward } from '../training/float-forward.ts';
import type { Watched } from './calibrate.ts';

interface Seeing {
  readonly run: OwnRun;
  readonly state: Float32Array;
}

export class OwnObservers {
  readonly #seeing = new Map<TensorId, Seeing>();

  constructor(graph: Graph, watched: readonly Watched[]) {
    for (const { id, settings } of watched) {
      const algorithm = settings.own?.algorithm;
      if (!algorithm?.observe) continue;
      const { name, shape } = graph.tensors[id];
      const size = shape.slice(1).reduce<number>((product, length) => product * (length ?? 1), 1);
      const run = ownRun({ layer: name, role: 'activations', channels: 1, size }, settings);
      if (!run) continue;
      const state = new Float32Array(run.stateSize);
      run.start(state, []);
      this.#seeing.set(id, { run, state });
    }
  }

  /** Shows them the batch that was run. */
  see(forward: FloatForward): void {
    for (const [id, { run, state }] of this.#seeing) run.observe(forward.tensor(id), state);
  }

  /** What was found, or undefined where no algorithm of the user's watched. */
  range(id: TensorId): Range | undefined {
    const seeing = this.#seeing.get(id);
    return seeing?.run.ranges(seeing.state)[0];
  }
}
