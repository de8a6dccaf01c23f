import type { WasmModules } from '../../image/wasm.ts'
import { moduleOf, wasmModules } from './wasm-modules.ts'

/** What renderers have: also what the Worker's own bundle has no room for. */
export const rendererModules: WasmModules = {
  ...wasmModules,
  avifEncoder: () => moduleOf(import('@jsquash/avif/codec/enc/avif_enc.wasm')),
  heicDecoder: () => moduleOf(import('../../../build/libheif.wasm')),
  jxlDecoder: () => moduleOf(import('icodec/jxl-dec.wasm')),
  jxlEncoder: () => moduleOf(import('@jsquash/jxl/codec/enc/jxl_enc.wasm')),
}
