// The exports of the WASM core. Integer ABI: byte offsets and counts only; the TypeScript driver (../engine) owns the memory layout.
export * from './arena'
export * from './resample'
