import type { LoadFont } from '../../../../src/image/text/families.ts'
import type { WasmModules } from '../../../../src/image/wasm.ts'

const MODULES = [
  'core',
  'jpegEncoder',
  'avifDecoder',
  'avifEncoder',
  'heicDecoder',
  'jxlDecoder',
  'jxlEncoder',
  'webpDecoder',
  'webpEncoder',
  'jpegDecoder',
  'png',
  'resizer',
  'resvg',
] as const satisfies readonly (keyof WasmModules)[]

/** Browsers compile while the bytes come; the Workers types leave it out. */
const { compileStreaming } = WebAssembly as unknown as { compileStreaming(response: Promise<Response>): Promise<WebAssembly.Module> }

/** Modules and fonts lie in `assets` beside the bundle (scripts/packages/build-upload.ts): bundlers understand this spelling. @throws Error when the file does not come: it is part of the package, so that is no fault of a picture. */
async function fetchAsset(name: string): Promise<Response> {
  const response = await fetch(new URL(`./assets/${name}`, import.meta.url))
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`)
  return response
}

/** Each is fetched and compiled when it is first used. */
export function fetchedModules(): WasmModules {
  const loaded = new Map<string, Promise<WebAssembly.Module>>()
  const load = (name: keyof WasmModules) => (): Promise<WebAssembly.Module> => {
    const module = loaded.get(name) ?? compileStreaming(fetchAsset(`${name}.wasm`))
    loaded.set(name, module)
    module.catch(() => loaded.delete(name))
    return module
  }
  return Object.fromEntries(MODULES.map((name) => [name, load(name)])) as unknown as WasmModules // one a name
}

export const fetchFont: LoadFont = async (name) => new Uint8Array(await (await fetchAsset(`${name}.ttf`)).arrayBuffer())
