// The kernels that every program of a job runs on.

import { type KernelBackend, referenceBackend } from '../../engine/kernels/backend.ts';

export const openBackend = (): KernelBackend => referenceBackend;
