// What the server knows of one version of one document: immutable, made once, read by every feature.
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import type { ModelSnapshot } from '../model/model-snapshot.ts';

export type Snapshot = ConfigSnapshot | ModelSnapshot;
