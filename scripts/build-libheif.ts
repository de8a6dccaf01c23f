// Writes the decoder of npm's libheif-js to build/libheif.wasm with other settings of its libde265, which libheif lets nobody choose, and without what
// nobody calls.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildOnce } from './built-files/build-once.ts'

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

/** The functions of heif.h that src/image/codecs/heic/decoder.ts calls. */
const CALLED = [
  'heif_context_alloc',
  'heif_context_free',
  'heif_context_get_primary_image_handle',
  'heif_context_read_from_memory',
  'heif_decode_image',
  'heif_decoding_options_alloc',
  'heif_decoding_options_free',
  'heif_image_get_height',
  'heif_image_get_plane_readonly2',
  'heif_image_get_width',
  'heif_image_handle_release',
  'heif_image_release',
]

/**
 * The same module without the other functions of its interface and what only they need: a sixth of it. The package's glue tells their short names in the
 * module: `_heif_image_release=a.xy`.
 */
export async function withoutUncalled(module: Uint8Array, glue: string): Promise<Uint8Array> {
  const { default: binaryen } = await import('binaryen')
  const uncalled = [...glue.matchAll(/_(heif_\w+)=a\.([\w$]+)/g)].filter(([, name = '']) => !CALLED.includes(name))
  const parsed = binaryen.readBinary(module)
  for (const [, , short = ''] of uncalled) parsed.removeExport(short)
  parsed.runPasses(['remove-unused-module-elements'])
  const smaller = parsed.emitBinary()
  parsed.dispose()
  return smaller
}

export async function buildLibheif(): Promise<void> {
  mkdirSync(resolve(root, 'build'), { recursive: true })
  const [wasm = '', glue = '', tool = ''] = [
    'libheif-js/libheif-wasm/libheif.wasm',
    'libheif-js/libheif-wasm/libheif.js',
    'binaryen/package.json',
  ].map((name) => resolve(root, 'node_modules', name))
  const out = resolve(root, 'build/libheif.wasm')
  await buildOnce(out, [import.meta.filename, wasm, glue, tool], async () => {
    writeFileSync(out, await withoutUncalled(strictLibheif(readFileSync(wasm)), readFileSync(glue, 'utf8')))
  })
}

if (process.argv[1] === import.meta.filename) await buildLibheif()
