import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { strictLibheif, withoutUncalled } from '../../../scripts/build-libheif.ts'

const module = new Uint8Array(readFileSync('node_modules/libheif-js/libheif-wasm/libheif.wasm'))

describe("the settings of libheif's decoder", () => {
  it('are four bytes, and the module can be compiled', () => {
    const strict = strictLibheif(module)
    const changed = [...module.keys()].filter((at) => module[at] !== strict[at]).map((at) => [module[at], strict[at]])
    expect(strict.length).toBe(module.length)
    expect(changed).toEqual([
      [7, 6],
      [8, 6],
      [7, 6],
      [8, 6],
    ])
    expect(WebAssembly.validate(strict)).toBe(true)
  })

  it('stand in a smaller module that has no function of the interface but those that are called', async () => {
    const glue = readFileSync('node_modules/libheif-js/libheif-wasm/libheif.js', 'utf8')
    const smaller = await withoutUncalled(module, glue)
    expect(smaller.length).toBeLessThan(0.9 * module.length)
    const names = new Map([...glue.matchAll(/_(heif_\w+)=a\.([\w$]+)/g)].map(([, name = '', short = '']) => [short, name]))
    const { compile } = WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> } // Node's
    const kept = WebAssembly.Module.exports(await compile(smaller)).flatMap(({ name }) => names.get(name) ?? [])
    const decoder = readFileSync('src/image/codecs/heic/decoder.ts', 'utf8')
    expect(kept.toSorted()).toEqual([...new Set([...decoder.matchAll(/ _(heif_\w+)\(/g)].map(([, name = '']) => name))].toSorted())
  })

  it('are not changed in a module that we do not know, or twice', () => {
    expect(() => strictLibheif(new Uint8Array(100))).toThrow('found 0')
    expect(() => strictLibheif(strictLibheif(module))).toThrow('found 0')
  })
})
