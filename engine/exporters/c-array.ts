// A `.tflite` as a C array with its header, for firmware that links the model in (TensorFlow Lite for Microcontrollers).

export interface CArray {
  readonly header: string;
  readonly source: string;
}

/** A C identifier from any name: letters, digits and underscores, no digit first. */
export function cIdentifier(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z_]/.test(clean) ? clean : `model_${clean}`;
}

/**
 * The bytes as `const unsigned char <name>[]`, aligned to 16 bytes as the runtime reads them, and `<name>_len`.
 * `headerFile` is the name by which the source includes its header.
 */
export function writeCArray(bytes: Uint8Array, name: string, headerFile = `${cIdentifier(name)}.h`): CArray {
  const symbol = cIdentifier(name);
  const guard = `${symbol.toUpperCase()}_H_`;
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 12) {
    const row = Array.from(bytes.subarray(at, at + 12), (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
    lines.push(`    ${row.join(', ')},`);
  }
  return {
    header: `// ${bytes.length} bytes of a TensorFlow Lite model, written by QuantLens.
#ifndef ${guard}
#define ${guard}

#ifdef __cplusplus
extern "C" {
#endif

extern const unsigned char ${symbol}[];
extern const unsigned int ${symbol}_len;

#ifdef __cplusplus
}
#endif

#endif  // ${guard}
`,
    source: `#include "${headerFile}"

// The runtime reads the model in place and needs it at a multiple of 16 bytes.
#if defined(__GNUC__) || defined(__clang__)
#define MODEL_ALIGN __attribute__((aligned(16)))
#elif defined(_MSC_VER)
#define MODEL_ALIGN __declspec(align(16))
#else
#define MODEL_ALIGN
#endif

MODEL_ALIGN const unsigned char ${symbol}[] = {
${lines.join('\n')}
};
const unsigned int ${symbol}_len = ${bytes.length}u;
`,
  };
}
