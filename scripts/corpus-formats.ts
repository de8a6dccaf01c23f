// Reads every picture of a collection with this project's readers and with sharp, and prints a table by format: how many valid files come out with the right
// size, orientation and frames, how like they are to sharp's, and how damaged ones end. Lists every file that is not as it should be.
// usage: node scripts/corpus-formats.ts [--corpus FOLDER] [--format NAME…] [--all]      `--all` lists every file.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import UPNG from 'upng-js'
import { AppError } from '../src/errors.ts'
import { wholeImage } from '../src/image/geometry.ts'
import { uprightShape } from '../src/image/orientation.ts'
import { FORMAT_NAMES } from '../src/image/plan.ts'
import { planExecution, sniffFormat } from '../src/image/planner.ts'
import { decodeRaster } from '../src/image/execute.ts'
import { openImageContext } from '../test/support/image-context.ts'
import { psnr } from '../test/system/support/psnr.ts'

interface CorpusFile {
  readonly path: string
  readonly format: string
  readonly valid: boolean
  readonly decodable: 'yes' | 'partial' | 'no'
  readonly width?: number
  readonly height?: number
}

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: resolve(import.meta.dirname, '../../shared/corpus') },
    format: { type: 'string', multiple: true, default: [...FORMAT_NAMES] },
    all: { type: 'boolean', default: false },
  },
})
const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000, memoryBytes: 100_000_000 }
/** What sharp does not read: the size is that of the collection's index, and nobody says what the pixels should be. */
const UNKNOWN_TO_SHARP: readonly string[] = ['bmp', 'ico']
/** Lossless formats equal sharp's; a JPEG's inverse DCT may round otherwise. */
const FLOORS: Readonly<Record<string, number>> = { jpeg: 37, webp: 37, avif: 37, heic: 37, jxl: 37, svg: 25 }
const LOSSLESS_FLOOR = 50

interface Row {
  readonly path: string
  /** What is not as it should be; empty when all is. */
  readonly wrong: readonly string[]
  readonly decibels: number | null
  readonly milliseconds: number
}

/** Programs of Debian (libheif-examples, libjxl-tools) that make a PNG of what npm's sharp does not decode. */
const CONVERTERS: Readonly<Record<string, string>> = { heic: 'heif-convert', jxl: 'djxl' }

function byProgram(program: string, path: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'))
  try {
    execFileSync(program, [path, join(folder, 'picture.png')], { stdio: 'ignore' })
    return readFileSync(join(folder, 'picture.png'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The first frame of an animated PNG, of which sharp knows the still picture alone, by UPNG.js; `null` for a still one. */
function byUpng(bytes: Buffer) {
  const decoded = UPNG.decode(new Uint8Array(bytes).buffer)
  if (decoded.frames.length === 0) return null
  const { width, height } = decoded
  return { pages: decoded.frames.length, data: Buffer.from(UPNG.toRGBA8(decoded)[0] ?? new ArrayBuffer(0)), info: { width, height } }
}

/** The exponent of a PNG that tells its colours by gAMA alone, which libvips does not read (PNG §13.13); `null` for all others. */
function gammaOf(bytes: Buffer): number | null {
  const at = bytes.indexOf('gAMA')
  const isAlone = bytes.readUInt32BE(0) === 0x89504e47 && at > 0 && ['cHRM', 'iCCP', 'sRGB', 'cICP'].every((name) => !bytes.includes(name))
  return isAlone ? 100_000 / bytes.readUInt32BE(at + 4) : null
}

/** The levels of sRGB that samples up to `most` mean by an exponent; one of 2.2 stands for sRGB's own curve (PNG §11.3.2.5). Alpha stays. */
function byExponent(samples: Uint8Array | Uint16Array, most: number, exponent: number): Buffer {
  const isSrgb = Math.abs(exponent - 2.2) < 0.01
  return Buffer.from(
    samples.map((sample, i) => {
      const light = (sample / most) ** exponent
      const level = isSrgb || i % 4 === 3 ? sample / most : light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055
      return Math.round(255 * level)
    }),
  )
}

/** Size, frames and pixels by sharp, upright and in sRGB. */
async function theirs(bytes: Buffer) {
  const options = { failOn: 'none', limitInputPixels: 100_000_000 } as const
  const { pages = 1, depth } = await sharp(bytes, options).metadata()
  const picture = sharp(bytes, options).autoOrient()
  const gamma = gammaOf(bytes)
  if (gamma !== null && depth === 'ushort') {
    const deep = picture.toColourspace('rgb16').ensureAlpha().raw({ depth })
    const { data, info } = await deep.toBuffer({ resolveWithObject: true })
    return { pages, data: byExponent(new Uint16Array(Uint8Array.from(data).buffer), 65_535, gamma), info }
  }
  const { data, info } = await picture.toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { pages, data: gamma === null ? data : byExponent(data, 255, gamma), info }
}

async function ours(bytes: Uint8Array) {
  const { source, probe } = planExecution({ steps: [], output: { format: 'source', quality: 80 } }, bytes, LIMITS)
  const { context, release } = openImageContext()
  const raster = await decodeRaster(context, bytes, source, probe, wholeImage(uprightShape(probe, probe.orientation)))
  await release(true)
  return { source, probe, raster, warnings: [...context.warnings] }
}

async function compare(file: CorpusFile): Promise<Row> {
  const bytes = readFileSync(join(values.corpus, file.path))
  const started = performance.now()
  const own = await ours(new Uint8Array(bytes)).catch((error: unknown) => error)
  const milliseconds = performance.now() - started
  const row = { path: file.path, milliseconds, decibels: null }
  if (own instanceof AppError) {
    const said = `${own.fault.status} ${own.code}: ${own.message}`
    return { ...row, wrong: own.fault.status >= 500 || file.valid ? [said] : [] }
  }
  if (own instanceof Error) return { ...row, wrong: [`${own.name}: ${own.message}`] }
  if (!file.valid || file.decodable !== 'yes') return { ...row, wrong: [] }
  const { probe, raster } = own as Awaited<ReturnType<typeof ours>>
  const { width, height } = raster
  if (UNKNOWN_TO_SHARP.includes(file.format)) {
    const isRight = file.width === undefined || (file.width === width && file.height === height)
    return { ...row, wrong: isRight ? [] : [`${width}×${height}, in the index ${file.width}×${file.height}`] }
  }
  const converter = CONVERTERS[file.format]
  const theirPicture = async () =>
    (file.format === 'png' && bytes.includes('acTL') && byUpng(bytes)) ||
    theirs(converter ? byProgram(converter, join(values.corpus, file.path)) : bytes)
  const other = await theirPicture().catch((error: unknown) => String(error))
  if (typeof other === 'string') return { ...row, wrong: [`sharp does not read it: ${other}`] }
  const wrong: string[] = []
  if (probe.frames !== other.pages) wrong.push(`${probe.frames} frames, sharp ${other.pages}`)
  if (width !== other.info.width || height !== other.info.height) {
    return { ...row, wrong: [...wrong, `${width}×${height}, sharp ${other.info.width}×${other.info.height}`] }
  }
  const raw = { width, height, channels: 4 } as const
  const decibels = await psnr(sharp(other.data, { raw }), sharp(raster.data, { raw }))
  const floor = FLOORS[file.format] ?? LOSSLESS_FLOOR
  return { ...row, decibels, wrong: decibels < floor ? [...wrong, `${decibels.toFixed(1)} dB`] : wrong }
}

const { files } = JSON.parse(readFileSync(join(values.corpus, 'manifest.json'), 'utf8')) as { readonly files: readonly CorpusFile[] } // the collection's own index
const isBomb = (error: string): boolean => error.includes('too_many_pixels')
const listed: string[] = []
console.log('| format | valid files | as they should be | equal to sharp | lowest dB of the others | damaged files | clean | slowest, ms |')
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const format of values.format) {
  const valid: Row[] = []
  const damaged: Row[] = []
  for (const file of files) {
    const bytes = readFileSync(join(values.corpus, file.path))
    if (file.format !== format && !(file.format === 'unknown' && sniffed(bytes) === format)) continue
    ;(file.valid && file.decodable === 'yes' ? valid : damaged).push(await compare(file))
  }
  const right = valid.filter(({ wrong }) => wrong.length === 0)
  const measured = valid.flatMap(({ decibels }) => (decibels === null || decibels === Infinity ? [] : [decibels]))
  const equal = valid.filter(({ decibels }) => decibels === Infinity).length
  const clean = damaged.filter(({ wrong }) => wrong.length === 0 || wrong.some(isBomb)).length
  const slowest = Math.max(0, ...[...valid, ...damaged].map(({ milliseconds }) => milliseconds))
  const lowest = measured.length > 0 ? Math.min(...measured).toFixed(1) : '–'
  console.log(
    `| ${format} | ${valid.length} | ${right.length} | ${equal} | ${lowest} | ${damaged.length} | ${clean} | ${slowest.toFixed(0)} |`,
  )
  for (const { path, wrong, decibels } of [...valid, ...damaged])
    if (wrong.length > 0 || values.all) listed.push(`- ${path}: ${wrong.join('; ') || `${decibels?.toFixed(1) ?? 'as it should be'}`}`)
}
console.log(['', ...listed].join('\n'))

function sniffed(bytes: Uint8Array): string | null {
  try {
    return sniffFormat(bytes)
  } catch {
    return null
  }
}
