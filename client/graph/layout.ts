// Asks the layout thread for the places of a graph's nodes and edges.
import { Worker } from 'node:worker_threads';
import type { GraphView, LaidOutGraph } from '../../protocol/graph-view.ts';
import type { Layout } from './layout-worker.ts';

/** `module`: the thread's bundle. Rejects where the layout fails. */
export function layOut(module: string, view: GraphView): Promise<LaidOutGraph> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(module, { workerData: view });
    worker.once('message', (layout: Layout) => {
      resolve({ ...view, ...layout });
      void worker.terminate();
    });
    worker.once('error', reject);
  });
}
