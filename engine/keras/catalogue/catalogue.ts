// The one table of Keras's layers. To add a layer: one file with its LayerSpec, one line here.

import { conv1D, conv2D, conv3D } from './conv.ts';
import { dense } from './dense.ts';
import type { KerasVersion, LayerSpec } from './layer-spec.ts';

export const LAYERS: readonly LayerSpec[] = [conv1D, conv2D, conv3D, dense];

const byName = (version: KerasVersion): ReadonlyMap<string, LayerSpec> =>
  new Map(
    LAYERS.filter((spec) => spec.only === undefined || spec.only === version).flatMap((spec) =>
      [spec.class, ...(spec.aliases ?? [])].map((name) => [name, spec] as const),
    ),
  );

const TABLES: Readonly<Record<KerasVersion, ReadonlyMap<string, LayerSpec>>> = { 2: byName(2), 3: byName(3) };

/** The entry of a layer class, by its name or an alias of it; undefined where that version of Keras has no such layer. */
export const layerSpec = (className: string, version: KerasVersion): LayerSpec | undefined =>
  TABLES[version].get(className);
