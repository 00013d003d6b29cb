// The simulator's inner loops in WebAssembly SIMD (AssemblyScript). All exact, so they give the same bits as the TypeScript kernels.

export { depthwiseRow, fill, fillBytes, row } from './products';
export { requantize, requantizeBounded, requantizeFloat, sumByFactors } from './requantize';
export { winograd } from './winograd';
