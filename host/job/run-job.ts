// A job by the kind of its request.

import type { JobRequest } from '../../protocol/job-request.ts';
import type { JobContext } from './context.ts';
import { exportKeras } from './export-keras.ts';
import { exportRun } from './export-run.ts';
import { inspect } from './inspect.ts';
import { simulate } from './simulate.ts';
import { trainOrQuantize } from './train.ts';

type Handlers = {
  readonly [kind in JobRequest['kind']]: (
    request: Extract<JobRequest, { kind: kind }>,
    context: JobContext,
  ) => Promise<void> | void;
};

const HANDLERS: Handlers = {
  train: trainOrQuantize,
  quantize: trainOrQuantize,
  inspect,
  simulate,
  export: (request, context) => {
    const { run, format, output } = request;
    if (format === 'keras') return exportKeras(request, context);
    exportRun(context.root, run, format, output);
  },
};

export async function runJob(request: JobRequest, context: JobContext): Promise<void> {
  // The table is typed by kind; the union of requests keeps kind and request together.
  const handler = HANDLERS[request.kind] as (request: JobRequest, context: JobContext) => Promise<void> | void;
  await handler(request, context);
}
