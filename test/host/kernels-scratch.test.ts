// scratch
import { it } from 'vitest';
import { chooseBackend } from '../../host/kernels/open-backend.ts';
it('opens', () => {
  for (const only of ['relaxed', 'plain'] as const) {
    const o = chooseBackend({ only, threads: 2 });
    console.log(o.backend.name, JSON.stringify(o.attempts));
  }
});
