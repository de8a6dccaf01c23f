/**
 * What a cold start pays for the pixel engine: `node bench/core-size.ts [--rounds N]` prints the size of build/core.wasm and the time to compile
 * and to instantiate it, beside the modules of the peers that a first request would need instead. Each round compiles the bytes again,
 * with one byte more in a custom section, because V8 remembers what it has compiled.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createCore } from '../src/image/engine/core.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '41' } } })
const rounds = Number(values.rounds)
const ROOT = resolve(import.meta.dirname, '..')
const MAX_GZIP_BYTES = 60_000
const WARM_UP = 5

const MODULES: Readonly<Record<string, string>> = {
  'emulsion core': 'build/core.wasm',
  '@jsquash/jpeg decoder': 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  '@jsquash/jpeg encoder': 'node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  '@jsquash/resize': 'node_modules/@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm',
  '@jsquash/png': 'node_modules/@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  '@jsquash/webp decoder': 'node_modules/@jsquash/webp/codec/dec/webp_dec.wasm',
  '@jsquash/webp encoder': 'node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm',
}

const compile = (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile
const sorted = (times: readonly number[]): number[] => times.toSorted((a, b) => a - b)
const summary = (times: readonly number[]): string => `${sorted(times)[times.length >> 1]?.toFixed(2)} [${sorted(times)[0]?.toFixed(2)}]`

/** The module with a custom section "n" that holds a number: other bytes, the same program. */
function variant(wasm: Uint8Array, round: number): Uint8Array {
  const section = [0, 6, 1, 'n'.charCodeAt(0), round & 0xff, (round >> 8) & 0xff, (round >> 16) & 0xff, round >>> 24]
  return Uint8Array.from([...wasm, ...section])
}

interface StartTimes {
  readonly compile: readonly number[]
  readonly instantiate: readonly number[]
  readonly both: readonly number[]
}

async function startTimes(wasm: Uint8Array, instantiate: (module: WebAssembly.Module) => void): Promise<StartTimes> {
  const times: { compile: number; instantiate: number; both: number }[] = []
  for (let round = 0; round < rounds + WARM_UP; round++) {
    const bytes = variant(wasm, round)
    const started = performance.now()
    const module = await compile(bytes)
    const compiled = performance.now()
    instantiate(module)
    const ended = performance.now()
    times.push({ compile: compiled - started, instantiate: ended - compiled, both: ended - started })
  }
  const kept = times.slice(WARM_UP)
  return { compile: kept.map((t) => t.compile), instantiate: kept.map((t) => t.instantiate), both: kept.map((t) => t.both) }
}

console.log('Milliseconds: median [minimum].\n\n| module | bytes | gzip | compile | instantiate | both |\n|---|---|---|---|---|---|')
for (const [name, path] of Object.entries(MODULES)) {
  const wasm = new Uint8Array(readFileSync(resolve(ROOT, path)))
  const gzip = gzipSync(wasm, { level: 9 }).length
  const isCore = name === 'emulsion core'
  // The peers' instances need the glue of their packages: their compiling alone is timed.
  const times = await startTimes(wasm, isCore ? createCore : () => undefined)
  const rest = isCore ? `${summary(times.instantiate)} | ${summary(times.both)}` : '– | –'
  console.log(`| ${name} | ${wasm.length} | ${gzip} | ${summary(times.compile)} | ${rest} |`)
  if (isCore && gzip > MAX_GZIP_BYTES) {
    console.error(`Over the goal of ${MAX_GZIP_BYTES} bytes gzip.`)
    process.exitCode = 1
  }
}
