// Changes files of all formats but JPEG (`npm run fuzz`) at random and decodes them: byte flips, runs of one byte, cuts, doubled and missing pieces. The result must be a
// picture of the announced size or a refusal (4xx), in bounded time, and no more memory may be planned than a job has.
// usage: node scripts/fuzz-readers.ts [--count N] [--seed S] [--format NAME…] [FILE…]      A failing mutant is written to build/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { AppError } from '../src/errors.ts'
import { decodeRaster } from '../src/image/execute.ts'
import { wholeImage } from '../src/image/geometry.ts'
import { uprightShape } from '../src/image/orientation.ts'
import { codec, FORMAT_NAMES, type FormatName } from '../src/image/plan.ts'
import { planExecution } from '../src/image/planner.ts'
import { sampleIn } from '../test/image/codecs/samples.ts'
import { openImageContext } from '../test/support/image-context.ts'
import { randomNumbers } from '../test/support/jpeg-coefficients.ts'
import { writeApng } from '../test/image/engine/png/apng-writer.ts'
import { randomSamples } from '../test/image/engine/png/writer.ts'
import { writeFax } from '../test/image/engine/tiff/fax-writer.ts'
import { writeTiff } from '../test/image/engine/tiff/writer.ts'
import { animated, translucent } from '../test/support/pictures.ts'

const MAX_MILLISECONDS = 5000
const LIMITS = { maxSteps: 1, maxPixels: 2 ** 21, maxSide: 10_000, memoryBytes: 60_000_000 }
const OWN = FORMAT_NAMES.filter((name) => name !== 'jpeg')

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string', multiple: true, default: OWN },
  },
  allowPositionals: true,
})
const random = randomNumbers(Number(values.seed))
const below = (limit: number): number => Math.floor(random() * limit)
const build = resolve(import.meta.dirname, '../build')

async function seeds(): Promise<readonly Uint8Array[]> {
  if (positionals.length > 0) return positionals.map((path) => new Uint8Array(readFileSync(path)))
  const formats = values.format as FormatName[] // an unknown one has no sample, and ends the run
  return [
    ...(await Promise.all(formats.map((format) => sampleIn(format, 40)))),
    ...(formats.includes('gif') ? [await animated('gif')] : []),
    ...(formats.includes('png') ? [apng()] : []),
    ...(formats.includes('webp') ? [await animated('webp'), await translucent('webp'), await losslessWebp()] : []),
    ...(formats.includes('tiff') ? [bigTiff(), ...(['g3', 'g3-2d', 'rle'] as const).map(fax)] : []),
  ]
}

const losslessWebp = async (): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp(await sampleIn('png', 40))
      .webp({ lossless: true })
      .toBuffer(),
  )

/** Four frames that are laid over each other in several ways. */
function apng(): Uint8Array {
  const [width, height] = [40, 30]
  const frames = [0, 1, 2, 0].map((dispose, i) => {
    const shape = { x: 3 * i, y: i, width: width - 5 * i, height: height - 4 * i }
    return { ...shape, dispose, blend: i % 2, samples: randomSamples(i, 4 * shape.width * shape.height, 8) }
  })
  return writeApng({ width, height, colourType: 6, bitDepth: 8, frames, split: [1000] })
}

/** A page of fax codes: runs that grow row by row. */
function fax(coding: 'g3' | 'g3-2d' | 'rle'): Uint8Array {
  const [width, height] = [120, 40]
  const pixels = Array.from({ length: width * height }, (_, i) => Math.floor((i % width) / (1 + Math.floor(i / width / 3))) % 2)
  const fields = [
    [259, 3, [coding === 'rle' ? 2 : 3]],
    [292, 4, [coding === 'g3-2d' ? 1 : 0]],
  ] as const
  const blocks = [writeFax({ width, pixels, coding })]
  return writeTiff([{ width, height, bits: 1, samples: 1, photometric: 0, data: [], blocks, fields }])
}

/** Three planes of 16 bits, in the form of more than 4 GB. */
const bigTiff = (): Uint8Array =>
  writeTiff([{ width: 40, height: 30, bits: 16, samples: 3, photometric: 2, data: randomSamples(1, 3600, 16), isPlanar: true }], true, true)

/** One to six changes of a file, half of them in its first bytes. */
function mutate(file: Uint8Array): Uint8Array {
  let bytes = [...file]
  for (let changes = 1 + below(6); changes > 0; changes--) {
    const [at, length, kind] = [below(random() < 0.5 ? Math.min(bytes.length, 300) : bytes.length), below(40), below(8)]
    if (kind < 4) bytes[at] = random() < 0.2 ? 0xff : below(256)
    else if (kind === 4) bytes.fill(below(256), at, at + length)
    else if (kind === 5) bytes.splice(at, length)
    else if (kind === 6) bytes.splice(at, 0, ...bytes.slice(below(bytes.length)).slice(0, length))
    else if (random() < 0.2) bytes = bytes.slice(0, at)
  }
  return Uint8Array.from(bytes)
}

async function outcomeOf(file: Uint8Array): Promise<'picture' | 'warned' | 'refused'> {
  const { context, release } = openImageContext()
  try {
    const first = planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, LIMITS)
    const page = 1 + below(Math.min(first.probe.frames, 5))
    const { source, probe } = planExecution({ steps: [], output: { format: 'png', quality: 80 }, page }, file, LIMITS)
    const shape = uprightShape(probe, probe.orientation)
    const raster = await decodeRaster(context, file, source, probe, { ...wholeImage(shape), page })
    if (raster.width !== shape.width || raster.height !== shape.height) throw new Error(`${raster.width}×${raster.height} came`)
    return context.warnings.size > 0 ? 'warned' : 'picture'
  } catch (error) {
    if (error instanceof AppError && error.fault.status < 500) return 'refused'
    throw error
  } finally {
    await release(true)
  }
}

const files = await seeds()
const counts = { picture: 0, warned: 0, refused: 0 }
let slowest = 0
for (let round = 0; round < Number(values.count); round++) {
  const mutant = mutate(files[below(files.length)] as Uint8Array) // inside
  const started = performance.now()
  try {
    counts[await outcomeOf(mutant)]++
    slowest = Math.max(slowest, performance.now() - started)
    if (slowest > MAX_MILLISECONDS) throw new Error(`it took ${slowest.toFixed(0)} ms`)
  } catch (error) {
    mkdirSync(build, { recursive: true })
    const format = FORMAT_NAMES.find((name) => codec(name).sniff(mutant.subarray(0, 64)))
    const path = resolve(build, `fuzz-${values.seed}-${round}.${format ?? 'bin'}`)
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
