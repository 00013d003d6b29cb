// Keras's classes of layers and models as classes of the run.

import { layerSpec } from '../../catalogue/catalogue.ts';
import type { LayerSpec } from '../../catalogue/layer-spec.ts';
import { nativeClass, OBJECT } from '../builtins/native-class.ts';
import { iterate } from '../language/iteration.ts';
import { makeFunctional } from '../layers/functional.ts';
import { initializeInput } from '../layers/inputs.ts';
import { allocateLayer, initializeBase, initializeFromCatalogue } from '../layers/make-layer.ts';
import { automaticName } from '../layers/naming.ts';
import { addLayer, rebuildModel } from '../layers/sequential.ts';
import type { Runtime } from '../runtime.ts';
import { type ClassValue, type Instance, type Named, type NativeCall, NONE, native, type Value } from '../values.ts';
import { LAYER_MEMBERS } from './layer-members.ts';
import { MODEL_MEMBERS, SEQUENTIAL_MEMBERS } from './model-members.ts';

/** The class of a name of `keras.layers` or `keras.models`; undefined where that version of Keras has none. */
export function findLayerClass(run: Runtime, name: string): ClassValue | undefined {
  const key = `keras.${name}`;
  const known = run.classes.get(key);
  if (known) return known;
  const made = makeLayerClass(run, name);
  if (made) run.classes.set(key, made);
  return made;
}

export function layerClass(run: Runtime, name: string): ClassValue {
  return findLayerClass(run, name) ?? findLayerClass(run, 'Layer')!;
}

function makeLayerClass(run: Runtime, name: string): ClassValue | undefined {
  switch (name) {
    case 'Layer':
      return nativeClass('Layer', [OBJECT], LAYER_MEMBERS, (owner, [cls], _named, site) =>
        allocateLayer(owner, cls as ClassValue, site),
      );
    case 'Model':
      return nativeClass(
        'Model',
        [layerClass(run, 'Layer')],
        [...MODEL_MEMBERS, ['__init__', native('__init__', initializeModel)]],
      );
    case 'Functional':
      return nativeClass('Functional', [layerClass(run, 'Model')]);
    case 'Sequential':
      return nativeClass(
        'Sequential',
        [layerClass(run, 'Model')],
        [...SEQUENTIAL_MEMBERS, ['__init__', native('__init__', initializeSequential)]],
      );
    default: {
      const spec = layerSpec(name, run.version);
      if (!spec) return undefined;
      if (spec.class !== name) return findLayerClass(run, spec.class);
      return catalogueClass(run, spec);
    }
  }
}

function catalogueClass(run: Runtime, spec: LayerSpec): ClassValue {
  const base = layerClass(run, 'Layer');
  const init: NativeCall = (owner, [self, ...args], named) =>
    spec.class === 'InputLayer'
      ? initializeInput(owner, self as Instance, args, named)
      : initializeFromCatalogue(owner, self as Instance, spec, args, named);
  const cls = nativeClass(spec.class, [base], [['__init__', native('__init__', init)]]);
  return Object.assign(cls, { spec });
}

/** `Model(inputs, outputs, name)`, also `super().__init__(...)` of a subclass: functional with both, else subclassed. */
function initializeModel(run: Runtime, all: readonly Value[], named: Named): Value {
  const [self, ...args] = all as [Instance, ...Value[]];
  const state = self.layer!;
  const inputs = args[0] ?? named.get('inputs') ?? named.get('input');
  const outputs = args[1] ?? named.get('outputs') ?? named.get('output');
  const rest = new Map([...named].filter(([name]) => !['inputs', 'outputs', 'input', 'output'].includes(name)));
  const name = args[2] ?? rest.get('name');
  if (inputs && outputs) {
    if (state.className === 'Model') state.className = 'Functional';
    nameModel(run, self, name);
    run.models.push(self);
    makeFunctional(run, self, inputs, outputs);
    return NONE;
  }
  if (!state.model) run.models.push(self);
  state.model ??= { kind: 'subclassed' };
  return initializeBase(run, self, [], name ? new Map([...rest, ['name', name]]) : rest);
}

function nameModel(run: Runtime, self: Instance, name: Value | undefined): void {
  const state = self.layer!;
  if (name?.kind === 'str') state.name = name.value;
  else state.name ??= automaticName(run, state.className);
}

/** `Sequential(layers=None, name=None)`. */
function initializeSequential(run: Runtime, all: readonly Value[], named: Named): Value {
  const [self, ...args] = all as [Instance, ...Value[]];
  const state = self.layer!;
  state.model = { kind: 'sequential', ownsInput: false };
  run.models.push(self);
  const layers = args[0] ?? named.get('layers');
  nameModel(run, self, named.get('name') ?? args.slice(1).find((value) => value.kind === 'str'));
  if (!layers || layers.kind === 'none') return NONE;
  const items = iterate(run, layers);
  if (items.kind === 'unknown') {
    state.uncertain ??= items;
    return NONE;
  }
  for (const layer of items.items) addLayer(run, self, layer, false);
  if (run.version === 3) rebuildModel(run, self);
  return NONE;
}
