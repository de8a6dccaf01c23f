import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createCorePool } from '../../src/adapters/core-pool.ts'
import type { ImageContext } from '../../src/image/context.ts'
import type { LoadFont } from '../../src/image/text/families.ts'
import type { WasmModules } from '../../src/image/wasm.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const modules = new Map<string, WebAssembly.Module>()

/** Node can compile at run time; the Workers types leave it out. */
const compile = (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile

/** A compiled module from the disk. Each file is compiled once. */
async function compiled(path: string): Promise<WebAssembly.Module> {
  const module = modules.get(path) ?? (await compile(readFileSync(resolve(ROOT, path))))
  modules.set(path, module)
  return module
}

/** The modules that wasm-modules.ts imports in Workers, for tests in Node. */
export const wasmFromDisk: WasmModules = {
  core: () => compiled('build/core.wasm'),
  jpegEncoder: () => compiled('node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'),
  avifDecoder: () => compiled('node_modules/@jsquash/avif/codec/dec/avif_dec.wasm'),
  avifEncoder: () => compiled('node_modules/@jsquash/avif/codec/enc/avif_enc.wasm'),
  heicDecoder: () => compiled('build/libheif.wasm'),
  jxlDecoder: () => compiled('node_modules/icodec/dist/jxl-dec.wasm'),
  jxlEncoder: () => compiled('node_modules/@jsquash/jxl/codec/enc/jxl_enc.wasm'),
  webpDecoder: () => compiled('node_modules/@jsquash/webp/codec/dec/webp_dec.wasm'),
  webpEncoder: () => compiled('node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm'),
  jpegDecoder: () => compiled('node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
  png: () => compiled('node_modules/@jsquash/png/codec/pkg/squoosh_png_bg.wasm'),
  resizer: () => compiled('node_modules/@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm'),
  resvg: () => compiled('build/resvg.wasm'),
}

/** The bundled fonts, as font-modules.ts imports them in Workers. */
export const fontFromDisk: LoadFont = async (name) => new Uint8Array(readFileSync(resolve(ROOT, `src/image/fonts/${name}.ttf`)))

/** A context for one job, as the service opens it. */
export const openImageContext = (
  _isFresh?: boolean,
): { readonly context: ImageContext; readonly release: (isHealthy: boolean) => Promise<void> } =>
  createCorePool(wasmFromDisk, fontFromDisk).openContext()
