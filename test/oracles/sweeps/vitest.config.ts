// The sweeps alone: npm run test:oracle.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/oracles/sweeps/*.test.ts'],
    testTimeout: 600_000,
    reporters: ['./scripts/closing-line-reporter.ts'],
  },
});
