// Changes JPEG files at random and decodes them, at random scales and regions: byte flips, runs of one byte, cuts, doubled and missing pieces.
// The result must be a picture of the announced size or an AppError, in bounded time. The decoder may change no byte beside its own memory,
// and no sample may depend on what the memory held before, nor on how many rows are read at a time.
// usage: node scripts/fuzz-jpeg.ts [--count N] [--seed S] [FILE…]      A failing mutant is written to build/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../src/errors.ts'
import { createCore } from '../src/image/engine/core.ts'
import type { JpegDecoderExports } from '../src/image/engine/jpeg/decode/exports.ts'
import { type JpegDecodeOptions, decodeJpeg } from '../src/image/engine/jpeg/decode/decoder.ts'
import { type JpegHeader, probeJpeg } from '../src/image/engine/jpeg/header.ts'
import type { ColourExports } from '../src/image/engine/jpeg/decode/colour-exports.ts'
import { rgbaRows } from '../src/image/engine/jpeg/decode/rgba-rows.ts'
import { randomComponents, randomNumbers } from '../test/support/jpeg-coefficients.ts'
import { type WrittenScan, writeJpeg } from '../test/support/jpeg-writer.ts'

const MAX_MILLISECONDS = 5000
const MAX_PIXELS = 2 ** 21
const MEMORY_BYTES = 2 ** 20
const GUARD_BYTES = 4096

const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const random = randomNumbers(Number(values.seed))
const below = (limit: number) => Math.floor(random() * limit)
const build = resolve(import.meta.dirname, '../build')
const module = await (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile(
  readFileSync(resolve(build, 'core.wasm')),
)

function seeds(): Uint8Array[] {
  if (positionals.length > 0) return positionals.map((path) => new Uint8Array(readFileSync(path)))
  const whole = { start: 0, end: 63, high: 0, low: 0 }
  const sequential: WrittenScan[] = [{ components: [0, 1, 2], ...whole }]
  const separate: WrittenScan[] = [0, 1, 2].map((c) => ({ components: [c], ...whole }))
  const progression: WrittenScan[] = [
    { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 1 },
    ...[0, 1, 2].flatMap((c) => [2, 1, 0].map((low) => ({ components: [c], start: 1, end: 63, high: low === 2 ? 0 : low + 1, low }))),
    { components: [0, 1, 2], start: 0, end: 0, high: 1, low: 0 },
  ]
  return [
    [2, 2],
    [1, 1],
    [2, 1],
    [4, 1],
    [3, 2],
  ].flatMap(([h, v], i) =>
    [sequential, separate, progression].flatMap((scans) =>
      [0, 3].map((restartInterval) => {
        const [width, height] = [30 + 17 * i, 90 - 13 * i]
        const sampling = [
          { h: h!, v: v! },
          { h: 1, v: 1 },
          { h: 1, v: 1 },
        ]
        const components = randomComponents(width, height, sampling, random)
        return writeJpeg({ width, height, components, scans, restartInterval, isProgressive: scans === progression })
      }),
    ),
  )
}

/** One to six changes of a file. */
function mutate(file: Uint8Array): Uint8Array {
  let bytes = [...file]
  for (let changes = 1 + below(6); changes > 0; changes--) {
    const [at, length] = [below(bytes.length), below(40)]
    const kind = below(8)
    if (kind < 4) bytes[at] = random() < 0.2 ? 0xff : below(256)
    else if (kind === 4) bytes.fill(below(256), at, at + length)
    else if (kind === 5) bytes.splice(at, length)
    else if (kind === 6) bytes.splice(at, 0, ...bytes.slice(below(bytes.length)).slice(0, length))
    else if (random() < 0.2) bytes = bytes.slice(0, at)
  }
  return Uint8Array.from(bytes)
}

type Outcome = 'picture' | 'warned' | 'refused' | 'too large'

/** Decodes in a memory that is full of `filler` beforehand, between two guards. Returns the samples too, so that the caller can compare them. */
function decode(file: Uint8Array, options: JpegDecodeOptions, filler: number): { outcome: Outcome; samples: Uint8Array[] } {
  const core = createCore<JpegDecoderExports & ColourExports>(module)
  const start = core.mark()
  const everything = core.alloc(MEMORY_BYTES)
  core.bytes().fill(filler, everything)
  core.release(start)
  const guards: number[] = []
  const addGuard = () => {
    const guard = core.alloc(GUARD_BYTES)
    core.bytes().fill(filler, guard, guard + GUARD_BYTES)
    guards.push(guard)
  }
  addGuard()
  const samples: Uint8Array[] = []
  try {
    const stream = decodeJpeg(core, file, options)
    const rows = rgbaRows(core, stream, false)
    let count = 0
    for (let band = rows.next(); band; band = rows.next()) {
      count += band.rows
      for (let y = 0; y < band.rows; y++) {
        const from = band.ptr + y * band.stride
        samples.push(core.bytes().slice(from, from + rows.width * 4))
      }
      // The decoder has all its buffers now, so the next bytes of the arena belong to nobody.
      if (guards.length === 1) addGuard()
    }
    if (count !== rows.height) throw new Error(`${count} rows came instead of ${rows.height}`)
    for (const guard of guards) {
      if (
        core
          .bytes()
          .subarray(guard, guard + GUARD_BYTES)
          .some((byte) => byte !== filler)
      )
        throw new Error('a guard was overwritten')
    }
    return { outcome: stream.warnings.length > 0 ? 'warned' : 'picture', samples }
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return { outcome: 'refused', samples: [] }
    throw error
  }
}

/** Decodes over two different fillers, once in small parts. A difference means that a sample came from memory that nobody wrote, or from another row. */
function check(file: Uint8Array): Outcome {
  let header: JpegHeader
  try {
    header = probeJpeg(file)
  } catch (error) {
    if (error instanceof AppError) return 'refused'
    throw error
  }
  const { width, height } = header
  if (width * height > MAX_PIXELS) return 'too large'
  const region = random() < 0.5 ? undefined : { x: below(width), y: below(height), width: 1 + below(width), height: 1 + below(height) }
  const options: JpegDecodeOptions = { scale: ([1, 2, 4, 8] as const)[below(4)]!, region }
  const [first, second] = [decode(file, options, 0), decode(file, { ...options, partBytes: below(100_000) }, 0xa5)]
  if (first.outcome !== second.outcome) throw new Error(`${first.outcome} became ${second.outcome} in another memory and other parts`)
  first.samples.forEach((row, y) => {
    if (Buffer.compare(row, second.samples[y]!) !== 0) throw new Error(`row ${y} depends on what was in memory, or on parts`)
  })
  return first.outcome
}

const files = seeds()
const counts: Record<Outcome, number> = { picture: 0, warned: 0, refused: 0, 'too large': 0 }
let slowest = 0
for (let round = 0; round < Number(values.count); round++) {
  const mutant = mutate(files[below(files.length)]!)
  const started = performance.now()
  try {
    counts[check(mutant)]++
    slowest = Math.max(slowest, performance.now() - started)
    if (slowest > MAX_MILLISECONDS) throw new Error(`it took ${slowest.toFixed(0)} ms`)
  } catch (error) {
    mkdirSync(build, { recursive: true })
    const path = resolve(build, `fuzz-${values.seed}-${round}.jpg`)
    writeFileSync(path, mutant)
    console.error(`round ${round}: ${path}`)
    throw error
  }
}
console.log(
  `${values.count} mutants of ${files.length} files: ${Object.entries(counts)
    .map(([outcome, n]) => `${n} ${outcome}`)
    .join(', ')}; slowest ${slowest.toFixed(0)} ms`,
)
