import { describe, expect, it } from 'vitest'
import { withMaximumMemory } from '../../../scripts/build-resvg.ts'
import { RefusedByRenderer } from '../../../src/image/text/resvg-instance.ts'
import { RENDERER_MAX_BYTES, startRenderer } from '../../../src/image/text/resvg.ts'
import { wasmFromDisk } from '../../support/image-context.ts'

const svg = (width: number, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${width}">${content}</svg>`
const red = (width: number): string => svg(width, '<rect width="100%" height="100%" fill="#f00" fill-opacity=".5"/>')

describe('the renderer', () => {
  it('gives alpha multiplied into the colours', async () => {
    const { render } = await startRenderer({ wasm: wasmFromDisk })
    expect(render(red(1), [])).toEqual({ width: 1, height: 1, pixels: Uint8Array.of(128, 0, 0, 128) })
  })

  it('draws the next document after one that takes too much memory, one that it fails on and one that it refuses', async () => {
    const { render } = await startRenderer({ wasm: wasmFromDisk })
    const limit = Math.ceil(Math.sqrt(RENDERER_MAX_BYTES / 4))
    expect(() => render(red(limit), [])).toThrow(expect.objectContaining({ code: 'too_many_pixels' }))
    expect(render(red(1), []).pixels[3]).toBe(128)
    const away = '<g opacity=".5"><rect x="900" width="9" height="9"/></g>'
    expect(() => render(svg(9, away), [])).toThrow(expect.objectContaining({ code: 'too_many_pixels' }))
    expect(render(red(1), []).pixels[3]).toBe(128)
    expect(() => render('<html/>', [])).toThrow(RefusedByRenderer)
    expect(render(red(1), []).pixels[3]).toBe(128)
  })

  it('keeps no instance that has grown', async () => {
    const started: WebAssembly.Instance[] = []
    const Plain = WebAssembly.Instance
    WebAssembly.Instance = class extends Plain {
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        super(module, imports)
        started.push(this)
      }
    }
    try {
      const { render } = await startRenderer({ wasm: wasmFromDisk })
      render(red(2000), [])
      const before = started.length
      render(red(1), [])
      expect(started.length).toBe(before + 1)
      render(red(1), [])
      expect(started.length).toBe(before + 1)
    } finally {
      WebAssembly.Instance = Plain
    }
  })
})

describe('a bound on memory', () => {
  const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  /** A module with one memory that it exports as `m`. */
  const module = (limits: readonly number[]): Uint8Array =>
    Uint8Array.from([...HEADER, 5, limits.length + 1, 1, ...limits, 7, 5, 1, 1, 0x6d, 2, 0])
  const memoryOf = async (bytes: Uint8Array): Promise<WebAssembly.Memory> => {
    const { compile } = WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> } // Node's
    return new WebAssembly.Instance(await compile(bytes)).exports['m'] as WebAssembly.Memory
  }

  it('lets a memory grow to it and no further', async () => {
    const memory = await memoryOf(withMaximumMemory(module([0, 1]), 200))
    memory.grow(199)
    expect(() => memory.grow(1)).toThrow(RangeError)
    expect((await memoryOf(module([0, 1]))).grow(300)).toBe(1)
  })

  it('is not put on a module that has one, or no memory', () => {
    expect(() => withMaximumMemory(module([1, 1, 9]), 200)).toThrow('without a maximum')
    expect(() => withMaximumMemory(Uint8Array.from(HEADER), 200)).toThrow('with a memory')
  })
})
