// Compares the JPEG decoder with libjpeg-turbo's djpeg (Debian: libjpeg-turbo-progs) at every scale over folders of files.
// usage: node scripts/check-djpeg.ts [--verbose] FOLDER…     Fails when a picture differs too much although djpeg decodes it without a warning.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../src/errors.ts'
import { createCore } from '../src/image/engine/core.ts'
import { decodeJpeg } from '../src/image/engine/jpeg/decode/decoder.ts'
import type { JpegDecoderExports } from '../src/image/engine/jpeg/decode/exports.ts'
import type { ColourExports } from '../src/image/engine/jpeg/decode/colour-exports.ts'
import { rgbaRows } from '../src/image/engine/jpeg/decode/rgba-rows.ts'

const MIN_PSNR_DB = 50
const MAX_DIFFERENCE = 4
const SCALES = [1, 2, 4, 8] as const

interface Picture {
  readonly width: number
  readonly height: number
  /** RGB. */
  readonly pixels: Uint8Array
  readonly warnings: readonly string[]
}
type Outcome = Picture | { readonly error: string }

const module = await (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile(
  readFileSync(resolve(import.meta.dirname, '../build/core.wasm')),
)

function ours(file: Uint8Array, scale: (typeof SCALES)[number]): Outcome {
  try {
    const core = createCore<JpegDecoderExports & ColourExports>(module)
    const stream = decodeJpeg(core, file, { scale })
    const rows = rgbaRows(core, stream, false)
    const { width, height } = rows
    const pixels = new Uint8Array(width * height * 3)
    let at = 0
    for (let band = rows.next(); band; band = rows.next()) {
      const bytes = core.bytes()
      for (let y = 0; y < band.rows; y++) {
        for (let x = 0, from = band.ptr + y * band.stride; x < width; x++, from += 4, at += 3)
          pixels.set(bytes.subarray(from, from + 3), at)
      }
    }
    return { width, height, pixels, warnings: stream.warnings }
  } catch (error) {
    if (error instanceof AppError) return { error: `${error.code} ${error.message}` }
    throw error
  }
}

function djpeg(path: string, scale: number): Outcome {
  const { status, stdout, stderr } = spawnSync('djpeg', ['-dct', 'int', '-scale', `1/${scale}`, '-pnm', path], {
    maxBuffer: 2 ** 30,
    timeout: 60_000,
  })
  const said = stderr.toString().trim()
  const header = /^P([56])\s+(\d+)\s+(\d+)\s+255\s/.exec(stdout.subarray(0, 40).toString('latin1'))
  if ((status !== 0 && status !== 2) || !header) return { error: said || `status ${status}` }
  const [width, height] = [Number(header[2]), Number(header[3])]
  const samples = stdout.subarray(header[0].length)
  const isGray = header[1] === '5'
  const pixels = isGray ? Uint8Array.from({ length: width * height * 3 }, (_, i) => samples[Math.floor(i / 3)] ?? 0) : samples
  return { width, height, pixels, warnings: said ? said.split('\n') : [] }
}

function difference(a: Picture, b: Picture): { psnrDb: number; max: number } {
  if (a.width !== b.width || a.height !== b.height) return { psnrDb: 0, max: 255 }
  let sum = 0
  let max = 0
  for (let i = 0; i < a.pixels.length; i++) {
    const d = Math.abs((a.pixels[i] ?? 0) - (b.pixels[i] ?? 0))
    sum += d * d
    if (d > max) max = d
  }
  return { psnrDb: sum === 0 ? Infinity : 10 * Math.log10((255 * 255 * a.pixels.length) / sum), max }
}

function* jpegs(path: string): Generator<string> {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path).toSorted()) yield* jpegs(join(path, name))
  else if (isJpeg(path)) yield path
}

function isJpeg(path: string): boolean {
  const head = readFileSync(path).subarray(0, 2)
  return head[0] === 0xff && head[1] === 0xd8
}

const isVerbose = process.argv.includes('--verbose')
const folders = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const counts = { equal: 0, close: 0, damaged: 0, 'both refuse': 0, 'only djpeg decodes': 0, 'only we decode': 0, DIFFERS: 0 }
let worst = { psnrDb: Infinity, max: 0, what: '' }
console.log('| file | scale | outcome | PSNR dB | max | djpeg | ours |\n|---|---|---|---|---|---|---|')
for (const path of folders.flatMap((folder) => [...jpegs(folder)])) {
  const file = new Uint8Array(readFileSync(path))
  for (const scale of SCALES) {
    const [theirs, mine] = [djpeg(path, scale), ours(file, scale)]
    const row = (outcome: keyof typeof counts, numbers = '| ') => {
      counts[outcome]++
      const text = (result: Outcome) => ('error' in result ? result.error : result.warnings.join('; ')).replaceAll('\n', ' ').slice(0, 90)
      if (isVerbose || outcome !== 'equal')
        console.log(`| ${path} | 1/${scale} | ${outcome} | ${numbers} | ${text(theirs)} | ${text(mine)} |`)
    }
    if ('error' in theirs) row('error' in mine ? 'both refuse' : 'only we decode')
    else if ('error' in mine) row('only djpeg decodes')
    else {
      const { psnrDb, max } = difference(theirs, mine)
      const isWithin = psnrDb >= MIN_PSNR_DB && max <= MAX_DIFFERENCE
      const isDamaged = theirs.warnings.length > 0
      if (!isDamaged && psnrDb < worst.psnrDb) worst = { psnrDb, max, what: `${path} 1/${scale}` }
      row(max === 0 ? 'equal' : isWithin ? 'close' : isDamaged ? 'damaged' : 'DIFFERS', `${psnrDb.toFixed(1)} | ${max}`)
    }
  }
}
console.log(
  `\n${Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ')}`,
)
console.log(`worst of the undamaged: ${worst.psnrDb.toFixed(1)} dB, max ${worst.max} ${worst.what}`)
process.exitCode = counts.DIFFERS > 0 ? 1 : 0
