// Gives memory back. An edit makes megabytes that the next edit makes garbage, and V8 would collect them only much later and
// keep their pages; a collection while nobody waits leaves what the snapshots hold.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage that is worth a pause of some tens of milliseconds, bytes. */
const WORTH = 12 * 1024 * 1024;

/** A function that collects where there is enough to collect; it blocks while it does. */
export function createCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => getHeapStatistics().used_heap_size;
  let least = 0;
  return () => {
    if (used() < least + WORTH) return;
    // Without compaction the few that live keep most pages. Collections while someone waits stay short.
    setFlagsFromString('--compact-on-every-full-gc');
    collect();
    setFlagsFromString('--no-compact-on-every-full-gc');
    least = used();
  };
}
