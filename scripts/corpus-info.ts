// Asks this project, exiftool (Debian's libimage-exiftool-perl) and sharp what pictures of a collection are, and prints field by field how many answers are
// equal, with every file whose are not. Then the hashes against their own packages, and the time of a large file's header.
// usage: node scripts/corpus-info.ts [--corpus FOLDER] [--count 300]
import { encode as encodeBlurHash } from 'blurhash'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp, { type Metadata } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import { overWhite } from '../src/image/info/areas.ts'
import { INFO_FIELDS, isPixelField } from '../src/image/info/fields.ts'
import { FORMAT_NAMES } from '../src/image/plan.ts'
import { smallPicture, tell, type Told } from '../test/image/info/tell.ts'

interface CorpusFile {
  readonly path: string
  readonly format: string
  readonly valid: boolean
  readonly decodable: 'yes' | 'partial' | 'no'
}

/** Tags as exiftool names them: group, then tag. */
type Tags = Readonly<Record<string, string | number | undefined>>

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: resolve(import.meta.dirname, '../../shared/corpus') },
    count: { type: 'string', default: '300' },
  },
})
/** Bombs and the like: their headers are read, and sharp must not decode them. */
const MOST_PIXELS = 30_000_000
/** Drawn at any size, so that nobody's answer is another's. */
const NOT_ASKED: readonly string[] = ['svg']
const HEADER = INFO_FIELDS.filter((name) => !isPixelField(name))

/** Every so many of the valid files of known formats. */
function chosenFiles(): readonly CorpusFile[] {
  const { files } = JSON.parse(readFileSync(join(values.corpus, 'manifest.json'), 'utf8')) as { readonly files: readonly CorpusFile[] }
  const valid = files.filter(
    ({ format, ...file }) =>
      (FORMAT_NAMES as readonly string[]).includes(format) && !NOT_ASKED.includes(format) && file.valid && file.decodable === 'yes',
  )
  const count = Math.min(Number(values.count), valid.length)
  return Array.from({ length: count }, (_, i) => valid[Math.floor((i * valid.length) / count)] as CorpusFile) // inside
}

function askExiftool(paths: readonly string[]): ReadonlyMap<string, Tags> {
  const options = ['-json', '-n', '-G0', '-api', 'largefilesupport=1', ...paths]
  // Its exit code speaks of files with faults, which are part of the collection.
  const { stdout, error } = spawnSync('exiftool', options, { cwd: values.corpus, encoding: 'utf8', maxBuffer: 1e9 })
  if (error) throw error
  return new Map((JSON.parse(stdout) as Tags[]).map((tags) => [String(tags['SourceFile']), tags]))
}

/** What another says of a field; `undefined` when it says nothing. */
type Other = (theirs: { readonly tags: Tags; readonly meta: Metadata | null }, told: Told) => unknown

const first = (tags: Tags, ...names: readonly string[]): string | number | undefined =>
  names.map((name) => tags[name]).find((value) => value !== undefined)
const exif = (told: Told, name: string): unknown => (told['exif'] as Record<string, unknown> | null)?.[name]
const SPACES: Readonly<Record<string, string>> = { srgb: 'rgb', rgb16: 'rgb', 'b-w': 'gray', grey16: 'gray', cmyk: 'cmyk', lab: 'lab' }
const EXIF_TAGS: Readonly<Record<string, string>> = {
  Make: 'Make',
  Model: 'Model',
  LensModel: 'LensModel',
  Software: 'Software',
  DateTimeOriginal: 'DateTimeOriginal',
  ExposureTime: 'ExposureTime',
  FNumber: 'FNumber',
  PhotographicSensitivity: 'ISO',
  ExposureBiasValue: 'ExposureCompensation',
  Flash: 'Flash',
  FocalLength: 'FocalLength',
  Artist: 'Artist',
  Copyright: 'Copyright',
}

const QUESTIONS: readonly (readonly [field: string, who: 'exiftool' | 'sharp', ours: (told: Told) => unknown, theirs: Other])[] = [
  [
    'storedWidth',
    'exiftool',
    (told) => told['storedWidth'],
    ({ tags }) =>
      first(tags, 'File:ImageWidth', 'PNG:ImageWidth', 'GIF:ImageWidth', 'RIFF:ImageWidth', 'EXIF:ImageWidth', 'QuickTime:ImageWidth'),
  ],
  [
    'storedHeight',
    'exiftool',
    (told) => told['storedHeight'],
    ({ tags }) =>
      first(
        tags,
        'File:ImageHeight',
        'PNG:ImageHeight',
        'GIF:ImageHeight',
        'RIFF:ImageHeight',
        'EXIF:ImageHeight',
        'QuickTime:ImageHeight',
      ),
  ],
  [
    'orientation',
    'exiftool',
    (told) => told['orientation'],
    ({ tags }) => ('QuickTime:ImageWidth' in tags ? undefined : tags['EXIF:Orientation']),
  ],
  ['bitDepth', 'exiftool', (told) => told['bitDepth'], ({ tags }) => first(tags, 'PNG:BitDepth', 'File:BitsPerSample')],
  ['profile', 'exiftool', (told) => told['profile'] ?? undefined, ({ tags }) => tags['ICC_Profile:ProfileDescription']],
  ['frames', 'exiftool', (told) => told['frames'], ({ tags }) => first(tags, 'GIF:FrameCount', 'RIFF:FrameCount', 'PNG:AnimationFrames')],
  [
    'durationMs',
    'exiftool',
    (told) => told['durationMs'] ?? undefined,
    ({ tags }) => {
      const seconds = first(tags, 'GIF:Duration', 'RIFF:Duration')
      return typeof seconds === 'number' && seconds > 0 ? Math.round(seconds * 1000) : undefined
    },
  ],
  ...Object.entries(EXIF_TAGS).map(
    ([name, tag]) =>
      [`exif.${name}`, 'exiftool', (told: Told) => exif(told, name), ({ tags }: { readonly tags: Tags }) => tags[`EXIF:${tag}`]] as const,
  ),
  [
    'gps.latitude',
    'exiftool',
    (told) => (told['gps'] as { latitude: number } | null)?.latitude,
    ({ tags }) => tags['Composite:GPSLatitude'],
  ],
  [
    'gps.longitude',
    'exiftool',
    (told) => (told['gps'] as { longitude: number } | null)?.longitude,
    ({ tags }) => tags['Composite:GPSLongitude'],
  ],
  ['format', 'sharp', (told) => told['format'], ({ meta }) => (meta?.format === 'heif' ? 'avif' : meta?.format)],
  ['width', 'sharp', (told) => told['width'], ({ meta }) => meta?.autoOrient.width],
  ['height', 'sharp', (told) => told['height'], ({ meta }) => meta?.pageHeight ?? meta?.autoOrient.height],
  ['hasAlpha', 'sharp', (told) => told['hasAlpha'], ({ meta }) => meta?.hasAlpha],
  ['colorSpace', 'sharp', (told) => told['colorSpace'], ({ meta }) => SPACES[meta?.space ?? '']],
  ['frames', 'sharp', (told) => told['frames'], ({ meta }) => meta?.pages],
  [
    'durationMs',
    'sharp',
    (told) => told['durationMs'] ?? undefined,
    ({ meta }) => ((meta?.pages ?? 1) > 1 ? meta?.delay?.reduce((sum, one) => sum + one, 0) : undefined),
  ],
  ['loop', 'sharp', (told) => told['loop'] ?? undefined, ({ meta }) => ((meta?.pages ?? 1) > 1 ? meta?.loop : undefined)],
]

const isEqual = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' && b !== '' && Number.isFinite(Number(b))
    ? Math.abs(a - Number(b)) <= 1e-6 * Math.max(1, Math.abs(a))
    : typeof a === 'string'
      ? a.trim() ===
        String(b)
          .replaceAll(/\p{Cc}+/gu, ' ')
          .trim()
          .slice(0, 120)
      : a === b

const files = chosenFiles()
const tags = askExiftool(files.map(({ path }) => path))
const counts = new Map<string, { compared: number; equal: number; readonly others: string[] }>()
let refused = 0

for (const { path } of files) {
  const file = new Uint8Array(readFileSync(join(values.corpus, path)))
  const told = await tell(file, HEADER).catch((error: unknown) => String(error))
  if (typeof told === 'string') {
    refused++
    console.log(`refused: ${path}: ${told}`)
    continue
  }
  const meta = await sharp(file, { animated: true, failOn: 'none', limitInputPixels: false })
    .metadata()
    .catch(() => null)
  for (const [field, who, ours, theirs] of QUESTIONS) {
    const other = theirs({ tags: tags.get(path) ?? {}, meta }, told)
    const own = ours(told)
    if (other === undefined || other === '') continue
    record(path, field, who, own, other)
  }
  if (meta && Number(told['width']) * Number(told['height']) * Number(told['frames']) <= MOST_PIXELS) await compareHashes(path, file)
}

function record(path: string, field: string, who: string, own: unknown, other: unknown): void {
  const question = `${field} | ${who}`
  const count = counts.get(question) ?? { compared: 0, equal: 0, others: [] }
  counts.set(question, count)
  count.compared++
  if (isEqual(own, other)) count.equal++
  else count.others.push(`${path}: ${JSON.stringify(own)}, ${who} ${JSON.stringify(other)}`)
}

/** Whether our hashes are those that their own packages make of the small picture that this service shows. */
async function compareHashes(path: string, file: Uint8Array): Promise<void> {
  const told = await tell(file, ['thumbHash', 'blurHash']).catch(() => null)
  if (!told) {
    console.log(`header alone: ${path}`)
    return
  }
  const { data, info } = await sharp(await smallPicture(file))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const white = overWhite({ width, height, data: new Uint8ClampedArray(data) })
  const theirs = {
    thumbHash: Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64'),
    blurHash: encodeBlurHash(white.data, width, height, width > height ? 4 : 3, height > width ? 4 : 3),
  }
  for (const field of ['thumbHash', 'blurHash'] as const) record(path, field, 'its package', told[field], theirs[field])
}

console.log(`${files.length} files, ${refused} refused\n\n| field | asked | compared | equal |\n| --- | --- | --- | --- |`)
for (const [question, { compared, equal }] of counts) console.log(`| ${question} | ${compared} | ${equal} |`)
for (const [question, { others }] of counts) for (const other of others) console.log(`- ${question}: ${other}`)

const percentile = (all: readonly number[], share: number): string =>
  (all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * share)] ?? 0).toFixed(1)

const LARGE = {
  create: { width: 10_000, height: 10_000, channels: 3, background: '#4080c0', noise: { type: 'gaussian', mean: 128, sigma: 4 } },
} as const
for (const format of ['jpeg', 'png'] as const) {
  const file = new Uint8Array(
    await sharp({ ...LARGE, limitInputPixels: false })
      .withExif({ IFD0: { Make: 'Maker' } })
      .withIccProfile('p3')
      .toFormat(format)
      .toBuffer(),
  )
  const times: number[] = []
  for (let i = 0; i < 21; i++) {
    const started = performance.now()
    await tell(file, HEADER)
    times.push(performance.now() - started)
  }
  console.log(
    `header fields of a ${format} of 100 megapixels, ${(file.length / 1e6).toFixed(0)} MB: median ${percentile(times, 0.5)} ms, slowest ${percentile(times, 1)} ms`,
  )
}
