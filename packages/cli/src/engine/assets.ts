import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadFont } from '../../../../src/image/text/families.ts'
import type { WasmModules } from '../../../../src/image/wasm.ts'

/** Files that lie beside the bundle (scripts/packages/build-cli.ts), and where the build finds them. */
export const WASM_FILES: Readonly<Record<keyof WasmModules, string>> = {
  core: 'build/core.wasm',
  jpegEncoder: 'node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  avifDecoder: 'node_modules/@jsquash/avif/codec/dec/avif_dec.wasm',
  avifEncoder: 'node_modules/@jsquash/avif/codec/enc/avif_enc.wasm',
  heicDecoder: 'build/libheif.wasm',
  jxlDecoder: 'node_modules/icodec/dist/jxl-dec.wasm',
  jxlEncoder: 'node_modules/@jsquash/jxl/codec/enc/jxl_enc.wasm',
  webpDecoder: 'node_modules/@jsquash/webp/codec/dec/webp_dec.wasm',
  webpEncoder: 'node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm',
  jpegDecoder: 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  png: 'node_modules/@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  resizer: 'node_modules/@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm',
  resvg: 'build/resvg.wasm',
}

/** Where fonts come from. */
export const FONTS = 'src/image/fonts'

/** The folder of assets beside the bundle. */
export const ASSETS = 'assets'

const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(join(import.meta.dirname, ASSETS, name)))

/** Node can compile at run time; the Workers types leave it out. */
const { compile } = WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }

export const loadModule = async (name: keyof WasmModules): Promise<WebAssembly.Module> => compile(await read(`${name}.wasm`))

/** Each is compiled when it is first used. `core` is there already: all threads share its machine code. */
export function wasmModules(core: WebAssembly.Module): WasmModules {
  const loaded = new Map<keyof WasmModules, Promise<WebAssembly.Module>>([['core', Promise.resolve(core)]])
  const load = (name: keyof WasmModules) => (): Promise<WebAssembly.Module> => {
    const module = loaded.get(name) ?? loadModule(name)
    loaded.set(name, module)
    return module
  }
  const names = Object.keys(WASM_FILES) as (keyof WasmModules)[]
  return Object.fromEntries(names.map((name) => [name, load(name)])) as unknown as WasmModules // one a name
}

export const loadFont: LoadFont = (name) => read(`${name}.ttf`)
