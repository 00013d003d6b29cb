// What other tools hand over to a config: encodings of AIMET, ranges, and recipes of AI Edge Quantizer.

import { resolve } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { fromAimet } from '../../engine/quantization/handoff/aimet.ts';
import { fromEdgeRecipe } from '../../engine/quantization/handoff/edge-recipe.ts';
import { rangesFromJson } from '../../engine/quantization/handoff/ranges-file.ts';
import type { Ranges } from '../../engine/quantization/ranges.ts';
import type { LayerOverride } from '../../engine/quantization/settings.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { displayPath, readText } from '../files/files.ts';

export interface HandOffs {
  /** By layer; the config's own come after them. */
  readonly overrides: readonly LayerOverride[];
  /** What the files ask for and is done otherwise, a sentence each. */
  readonly notes: readonly string[];
  /** For a float graph, folded: the same with the scales of its weights, and ranges of some of its activations. */
  apply(float: Graph): { readonly graph: Graph; readonly ranges: Ranges };
}

interface Text {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/** `graph` is the float graph, folded. Throws an InputError that names the file and what is wrong with it. */
export function readHandOffs({ config, file, folder }: LoadedConfig, graph: Graph): HandOffs {
  const { quantization, postTraining } = config;
  if (quantization.encodings !== undefined && postTraining.equalization) {
    throw new InputError(
      '`quantization.encodings` holds scales of the weights as they are, and `postTraining.equalization` changes them; take one of the two out.',
      { file, key: 'postTraining.equalization' },
    );
  }
  const open = (path: string | undefined): Text | undefined => {
    if (path === undefined) return undefined;
    const place = resolve(folder, path);
    return { name: displayPath(place), text: readText(place) };
  };
  const [recipe, encodings, ranges] = [quantization.recipe, quantization.encodings, quantization.ranges].map(open);
  const ofRecipe = recipe && fromEdgeRecipe(recipe.text, graph, recipe.name);
  const ofEncodings = encodings && fromAimet(encodings.text, graph, encodings.name);
  const apply = (float: Graph): ReturnType<HandOffs['apply']> => {
    const encoded = encodings && fromAimet(encodings.text, float, encodings.name);
    const listed = ranges ? rangesFromJson(ranges.text, float, ranges.name) : [];
    return { graph: encoded?.graph ?? float, ranges: new Map([...(encoded?.ranges ?? []), ...listed]) };
  };
  // A wrong file of ranges is said before anything is trained.
  apply(graph);
  return {
    overrides: [...(ofRecipe?.overrides ?? []), ...(ofEncodings?.overrides ?? [])],
    notes: [...(ofRecipe?.notes ?? []), ...(encodings ? unmatched(encodings.name, ofEncodings?.unmatched ?? []) : [])],
    apply,
  };
}

/** The first few names that the model does not have. */
function unmatched(file: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 4).join(', ');
  const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
  return [`${file} has encodings of ${shown}${more}, which the model does not have; they are left out.`];
}
