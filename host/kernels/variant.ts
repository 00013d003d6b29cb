// The builds of the WebAssembly kernels, best first, and the flags of V8 that each needs. Flags are those of this process:
// only processes that train, quantize or measure open kernels, never the extension host.

import { arch, versions } from 'node:process';
import { setFlagsFromString } from 'node:v8';

export interface KernelVariant {
  readonly name: 'wide' | 'small' | 'relaxed' | 'plain';
  /** For people. */
  readonly description: string;
  /** The widest panel of output channels. */
  readonly panel: number;
  /** Whether this V8 can run it, as far as its version says; the self-test decides. */
  readonly isKnown: (v8: number) => boolean;
  /** Flags by the version of V8. */
  readonly flags: (v8: number) => readonly string[];
}

/** V8's version as one number: 11.3 is 1103. */
function v8Version(): number {
  const [major, minor] = versions.v8.split('.').map(Number);
  return major * 100 + minor;
}

/** Relaxed SIMD is there from V8 11.4 on (Chrome 114), before behind a flag. */
const relaxedFlags = (v8: number): string[] => (v8 < 1104 ? ['--experimental-wasm-relaxed-simd'] : []);

export const KERNEL_VARIANTS: readonly KernelVariant[] = [
  {
    name: 'wide',
    description: 'relaxed SIMD joined to 256 bits, 6×16 tiles',
    panel: 16,
    // V8's revectorizer: x64 only, usable from the version of Node 24 on.
    isKnown: (v8) => arch === 'x64' && v8 >= 1306,
    flags: () => ['--experimental-wasm-revectorize'],
  },
  {
    name: 'small',
    description: 'relaxed SIMD, 4×8 tiles',
    panel: 8,
    // On V8 11.3, x64, tiles of 6×8 run at half the speed of 4×8, as if they spilled; versions up to 13.6 are taken to be alike.
    isKnown: (v8) => arch === 'x64' && v8 >= 1100 && v8 < 1306,
    flags: relaxedFlags,
  },
  {
    name: 'relaxed',
    description: 'relaxed SIMD, 6×8 tiles',
    panel: 8,
    isKnown: (v8) => v8 >= 1100,
    flags: relaxedFlags,
  },
  { name: 'plain', description: 'SIMD, 5×8 tiles', panel: 8, isKnown: () => true, flags: () => [] },
];

/** Variants that may run here, with their flags set. */
export function knownVariants(): readonly KernelVariant[] {
  const v8 = v8Version();
  const known = KERNEL_VARIANTS.filter((variant) => variant.isKnown(v8));
  for (const flag of new Set(known.flatMap((variant) => variant.flags(v8)))) setFlagsFromString(flag);
  return known;
}
