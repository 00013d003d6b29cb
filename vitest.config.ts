// Unit tests: everything under test/ but the suites that need a window, an oracle sweep or a benchmark.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/oracles/sweeps/**'],
    reporters: ['./scripts/closing-line-reporter.ts'],
    testTimeout: 30_000,
  },
});
