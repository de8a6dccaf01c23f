// Writes the renderer of npm's @resvg/resvg-wasm to build/resvg.wasm with a bound on its memory, which the package does not have.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RENDERER_MAX_BYTES } from '../src/image/text/resvg.ts'
import { buildOnce } from './built-files/build-once.ts'

const root = resolve(import.meta.dirname, '..')
const PAGE_BYTES = 65_536
const MEMORY_SECTION = 5

/** An unsigned number in LEB128: WebAssembly's core specification, §5.2.2. */
function leb128(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)]
}

function readLeb128(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let [value, shift, next] = [0, 0, at]
  for (;;) {
    const byte = bytes[next++] ?? 0
    value += (byte & 127) * 2 ** shift
    shift += 7
    if (byte < 128) return { value, next }
  }
}

/** The same module, whose one memory may have so many pages of 64 KiB at most. @throws Error when it has a bound or several memories. */
export function withMaximumMemory(module: Uint8Array, pages: number): Uint8Array {
  for (let at = 8; at < module.length;) {
    const { value: length, next: body } = readLeb128(module, at + 1)
    if (module[at] === MEMORY_SECTION) {
      const [count, flags] = [module[body], module[body + 1]]
      if (count !== 1 || flags !== 0) throw new Error('Expected a module with one memory without a maximum')
      const { value: initial } = readLeb128(module, body + 2)
      const section = [1, 1, ...leb128(initial), ...leb128(pages)]
      return Buffer.concat([
        module.subarray(0, at),
        Uint8Array.from([MEMORY_SECTION, section.length, ...section]),
        module.subarray(body + length),
      ])
    }
    at = body + length
  }
  throw new Error('Expected a module with a memory')
}

export async function buildResvg(): Promise<void> {
  mkdirSync(resolve(root, 'build'), { recursive: true })
  const [wasm = '', bound = ''] = ['node_modules/@resvg/resvg-wasm/index_bg.wasm', 'src/image/text/resvg.ts'].map((name) =>
    resolve(root, name),
  )
  const out = resolve(root, 'build/resvg.wasm')
  await buildOnce(out, [import.meta.filename, wasm, bound], () =>
    writeFileSync(out, withMaximumMemory(readFileSync(wasm), RENDERER_MAX_BYTES / PAGE_BYTES)),
  )
}

if (process.argv[1] === import.meta.filename) await buildResvg()
