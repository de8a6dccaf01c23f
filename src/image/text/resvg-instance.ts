import type { Shape } from '../raster.ts'
import { createHandles, importsOf, putText, type Memory } from './wasm-bindgen.ts'

/** The names of families, as the fonts have them. */
export type FontNames = Readonly<Record<'defaultFontFamily' | 'serifFamily' | 'sansSerifFamily' | 'monospaceFamily', string>>

/** RGBA with alpha multiplied into the colours, row by row. */
export interface Rendered extends Shape {
  readonly pixels: Uint8Array<ArrayBuffer>
}

/** What is used of the module's exports: @resvg/resvg-wasm 2.6.2. The two that fill `to` write a pointer; or any word, an error's handle and 1. */
interface Exports extends Memory {
  __wbindgen_add_to_stack_pointer(bytes: number): number
  resvg_new(to: number, svg: number, options: number, optionsBytes: number, fonts: number): void
  resvg_render(to: number, resvg: number): void
  renderedimage_width(image: number): number
  renderedimage_height(image: number): number
  renderedimage_pixels(image: number): number
  __wbg_renderedimage_free(image: number): void
  __wbg_resvg_free(resvg: number): void
}

/** The renderer does not take the document. Whatever else `render` throws is a trap, and the instance of no use any more. */
export class RefusedByRenderer extends Error {}

export interface ResvgInstance {
  /** @throws RefusedByRenderer */
  render(svg: string, fonts: readonly Uint8Array[], names?: FontNames): Rendered
  memoryBytes(): number
}

/** An instance of the module. The package's own glue holds one for ever, and gives no other after a trap. */
export function startResvg(module: WebAssembly.Module): ResvgInstance {
  const handles = createHandles()
  const imports = importsOf(module, handles, () => wasm)
  const wasm = new WebAssembly.Instance(module, { wbg: imports }).exports as unknown as Exports
  const call = (work: (to: number) => void): number => {
    const to = wasm.__wbindgen_add_to_stack_pointer(-16)
    work(to)
    const [pointer = 0, error = 0, hasFailed = 0] = new Int32Array(wasm.memory.buffer, to, 3)
    wasm.__wbindgen_add_to_stack_pointer(16)
    if (hasFailed) throw new RefusedByRenderer(String(handles.take(error)))
    return pointer >>> 0
  }
  return {
    memoryBytes: () => wasm.memory.buffer.byteLength,
    render(svg, fonts, names) {
      const options = putText(wasm, JSON.stringify({ font: names ?? {} }))
      const resvg = call((to) => wasm.resvg_new(to, handles.put(svg), options.at, options.length, handles.put(fonts)))
      const image = call((to) => wasm.resvg_render(to, resvg))
      const [width, height] = [wasm.renderedimage_width(image) >>> 0, wasm.renderedimage_height(image) >>> 0]
      const pixels = handles.take(wasm.renderedimage_pixels(image)) as Uint8Array<ArrayBuffer> // the export's type
      wasm.__wbg_renderedimage_free(image)
      wasm.__wbg_resvg_free(resvg)
      return { width, height, pixels }
    },
  }
}
