// Gives memory back. An edit makes megabytes that the next edit makes garbage, and V8 would collect them only much later and
// keep their pages; a collection while nobody waits leaves what the snapshots hold.
import process from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage that is worth a pause of some tens of milliseconds, bytes. */
const WORTH = 12 * 1024 * 1024;
/** Pages kept without need that are worth it, bytes: a process's memory moves by itself. */
const WORTH_OF_PAGES = 24 * 1024 * 1024;

/** Options of V8's `gc()`. V8 13 pools the pages of what it collected, and this flavor alone returns them; V8 11 keeps more by it. */
const OPTIONS =
  Number.parseInt(process.versions.v8, 10) >= 13
    ? [{ type: 'major', execution: 'sync', flavor: 'last-resort' } as const]
    : [];

/** A function that collects where there is enough to collect; it blocks while it does. */
export function createCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (...options: typeof OPTIONS) => void;
  const used = (): number => getHeapStatistics().used_heap_size;
  let least = 0;
  let leastPages = 0;
  return () => {
    if (used() < least + WORTH && process.memoryUsage.rss() < leastPages + WORTH_OF_PAGES) return;
    // Without compaction the few that live keep most pages. Collections while someone waits stay short.
    setFlagsFromString('--compact-on-every-full-gc');
    collect(...OPTIONS);
    setFlagsFromString('--no-compact-on-every-full-gc');
    least = used();
    leastPages = process.memoryUsage.rss();
  };
}
