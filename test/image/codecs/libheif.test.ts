import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { strictLibheif } from '../../../scripts/build-libheif.ts'

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

  it('are not changed in a module that we do not know, or twice', () => {
    expect(() => strictLibheif(new Uint8Array(100))).toThrow('found 0')
    expect(() => strictLibheif(strictLibheif(module))).toThrow('found 0')
  })
})
