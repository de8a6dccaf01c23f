import { AppError } from '../../errors.ts'
import type { WasmModules } from '../../image/wasm.ts'

export const moduleOf = async (imported: Promise<unknown>): Promise<WebAssembly.Module> =>
  ((await imported) as { default: WebAssembly.Module }).default // the bundler's rule for *.wasm

/** The error of a format that the Worker itself does not decode. */
const onRenderers = (format: string): Promise<never> =>
  Promise.reject(
    new AppError('unsupported_format', {
      reason: `${format} is decoded by renderers, and this installation has none: the binding RENDERER is not set (docs/deploy.md).`,
    }),
  )

/** What the Worker and renderers have. Each module is imported when it is first used, so that a start pays for none of them. */
export const wasmModules: WasmModules = {
  core: () => moduleOf(import('../../../build/core.wasm')),
  jpegEncoder: () => moduleOf(import('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')),
  avifDecoder: () => moduleOf(import('@jsquash/avif/codec/dec/avif_dec.wasm')),
  avifEncoder: () => Promise.reject(new AppError('internal', { detail: "the Worker's bundle has no encoder of AVIF" })),
  heicDecoder: () => onRenderers('HEIC'),
  jxlDecoder: () => onRenderers('JPEG XL'),
  jxlEncoder: () => Promise.reject(new AppError('internal', { detail: "the Worker's bundle has no encoder of JPEG XL" })),
  webpDecoder: () => moduleOf(import('@jsquash/webp/codec/dec/webp_dec.wasm')),
  webpEncoder: () => moduleOf(import('@jsquash/webp/codec/enc/webp_enc_simd.wasm')),
  jpegDecoder: () => moduleOf(import('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')),
  png: () => moduleOf(import('@jsquash/png/codec/pkg/squoosh_png_bg.wasm')),
  resizer: () => moduleOf(import('@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm')),
  resvg: () => moduleOf(import('../../../build/resvg.wasm')),
}
