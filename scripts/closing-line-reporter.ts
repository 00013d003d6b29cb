// The default reporter, plus one closing line `N passed, N failed, N skipped` that a script can read.
import { DefaultReporter } from 'vitest/node';

export default class ClosingLineReporter extends DefaultReporter {
  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...run);
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of run[0]) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state]++;
      }
      if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
    }
    count.failed += run[1].length;
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
