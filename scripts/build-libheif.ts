// Writes the decoder of npm's libheif-js to build/libheif.wasm with other settings of its libde265, which libheif lets nobody choose.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** Settings of libde265 by their numbers in `de265_param` (de265.h). */
const SUPPRESS_FAULTY_PICTURES = 6
const DISABLE_DEBLOCKING = 7
const DISABLE_SAO = 8

/** `de265_set_parameter_bool(decoder, setting, 1)`, up to the number of that function: local.get 0, i32.const, i32.const 1, call. */
const call = (setting: number): Buffer => Buffer.from([0x20, 0, 0x41, setting, 0x41, 1, 0x10])
const CALLEE_BYTES = 2

/** The two calls stand in both functions that make a decoder. */
const MAKERS = 2

/**
 * libheif as it is compiled for JavaScript has libde265 leave out the filters at the edges of blocks, and give out pictures that are damaged. Here it
 * filters, and gives out no picture whose decoding met an error.
 * @throws Error when this is another module than the one we know.
 */
export function strictLibheif(module: Uint8Array): Uint8Array {
  const changed = Buffer.from(module)
  const [deblocking, adaptiveOffset] = [call(DISABLE_DEBLOCKING), call(DISABLE_SAO)]
  let found = 0
  for (let at = changed.indexOf(deblocking); at >= 0; at = changed.indexOf(deblocking, at + 1)) {
    const next = at + deblocking.length + CALLEE_BYTES
    if (!changed.subarray(next, next + adaptiveOffset.length).equals(adaptiveOffset)) continue
    for (const place of [at, next]) call(SUPPRESS_FAULTY_PICTURES).copy(changed, place)
    found++
  }
  if (found !== MAKERS) throw new Error(`Expected ${MAKERS} functions that set up a decoder, found ${found}`)
  return new Uint8Array(changed)
}

export function buildLibheif(): void {
  mkdirSync(resolve(root, 'build'), { recursive: true })
  const module = readFileSync(resolve(root, 'node_modules/libheif-js/libheif-wasm/libheif.wasm'))
  writeFileSync(resolve(root, 'build/libheif.wasm'), strictLibheif(module))
}

if (process.argv[1] === import.meta.filename) buildLibheif()
