import { AppError } from '../../../../errors.ts'
import { type FormatName, isLossyAlone, MOST_MAX_BYTES, type Output, step } from '../../../../image/plan.ts'
import { cleanFileName } from '../../../../service/files/cut-name.ts'
import { invalidParameter } from '../../../args.ts'
import { MAX_DEADLINE_MS } from '../../../pictures/deadline.ts'
import { MOST_QUALITY, readQuality } from '../../../quality.ts'
import type { TaskArgs } from './task-args.ts'
import type { Part, TaskTable } from './wish.ts'

const MOST_SECONDS = 31_536_000
/** From this effort on a JPEG has several scans (src/image/codecs/jpeg.ts). */
export const PROGRESSIVE_EFFORT = 60
/** What `output` gives when it names no quality. */
export const OUTPUT_QUALITY = 95

const FORMATS: Readonly<Record<string, FormatName>> = { jpg: 'jpeg', jpeg: 'jpeg', pjpg: 'jpeg', png: 'png', gif: 'gif', webp: 'webp' }
/** Known to the vendor, and made by no image service. */
const OTHER_FORMATS = 'doc docx html odp ods odt pdf ppt pptx svg txt xls xlsx tiff bmp ico psd ai eps mp4 mp3'.split(' ')

function readFormat(args: TaskArgs): { readonly name: string; readonly format: FormatName } | undefined {
  const name = args.text('format', 'f')?.toLowerCase()
  if (name === undefined) return undefined
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format) return { name, format }
  if (OTHER_FORMATS.includes(name))
    throw new AppError('not_implemented', { field: 'output', reason: `Expected the format jpg, pjpg, png, gif or webp, received ${name}.` })
  throw invalidParameter('format', 'jpg, pjpg, png, gif or webp', name)
}

function readOutput(args: TaskArgs): Part {
  const wanted = readFormat(args)
  const maxBytes = args.integer({ min: 1, max: MOST_MAX_BYTES }, 'max_bytes')
  const quality = readOutputQuality(args, maxBytes === undefined ? OUTPUT_QUALITY : MOST_QUALITY)
  const page = args.integer({ min: 1, max: 99_999 }, 'page', 'p')
  const background = args.colour('background', 'b')
  const strips = args.flag('strip', 's')
  const lossless = args.flag('lossless')
  const palette = args.flag('palette')
  const isStill = args.flag('anim') === false || page === 1
  if (lossless && isLossyAlone(wanted?.format))
    throw new AppError('invalid_parameter', {
      field: 'lossless',
      reason: `Expected the format webp with lossless:true, received ${wanted?.name}.`,
    })
  // Sizes in pixels need no density.
  void [args.flag('compress', 'c'), args.integer({ min: 1, max: 500 }, 'density', 'd')]
  const colours = args.text('colorspace')?.toLowerCase() ?? 'rgb'
  if (colours === 'cmyk') throw new AppError('not_implemented', { field: 'colorspace', reason: 'Results are in RGB.' })
  if (colours !== 'rgb' && colours !== 'input') throw invalidParameter('colorspace', 'rgb or input', colours)
  for (const name of ['docinfo', 'secure', 'pageformat', 'pageorientation']) {
    const value = args.text(name)
    if (value !== undefined && value !== 'false') throw new AppError('not_implemented', { field: name, reason: 'It is for documents.' })
  }
  return {
    output: {
      ...quality,
      ...(maxBytes !== undefined && { maxBytes }),
      ...(wanted && { format: wanted.format }),
      ...(wanted?.name === 'pjpg' && { effort: PROGRESSIVE_EFFORT }),
      ...(lossless && { lossless }),
      ...(palette && { palette }),
      ...(isStill && { still: true }),
      ...(colours === 'input' && { colours: 'keep' }),
      ...(strips === false && { metadata: 'keep' }),
    },
    ...(page !== undefined && page > 1 && { page }),
    ...(background !== undefined && { steps: () => [step('flatten', { background }, 'background')] }),
  }
}

/** `input` is the input's own quality: a picture that need not be decoded keeps its coding, others get the usual one. */
function readOutputQuality(args: TaskArgs, usual: number, ...names: string[]): Partial<Output> {
  const text = args.text(...(names.length > 0 ? names : ['quality', 'q']))
  if (text === 'input') return { quality: usual, target: undefined, keepsCoding: true }
  return readQuality(text, names[0] ?? 'quality') ?? { quality: usual, target: undefined }
}

function readCache(args: TaskArgs): Part {
  const [item, ...more] = args.items()
  if (item !== undefined) {
    if (more.length > 0 || (item !== 'false' && item !== 'true')) throw invalidParameter('cache', 'false or expiry:SECONDS', String(item))
    return item === 'false' ? { cache: { use: false } } : {}
  }
  return { cache: { use: true, seconds: readSeconds(args, 'expiry', 'e') ?? MOST_SECONDS } }
}

function readSeconds(args: TaskArgs, ...names: string[]): number | undefined {
  const text = args.text(...names)
  if (text === undefined) return undefined
  const seconds = text === 'max' ? MOST_SECONDS : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(seconds <= MOST_SECONDS)) throw invalidParameter(names[0] ?? '', `seconds from 0 to ${MOST_SECONDS}, or max`, text)
  return seconds
}

function readStore(args: TaskArgs): Part {
  const fileName = args.text('filename', 'f')
  const options = {
    fileName: fileName === undefined ? undefined : (cleanFileName(fileName) ?? undefined),
    location: args.text('location', 'l') ?? '',
    path: args.text('path', 'p') || null,
    container: args.text('container', 'c') || undefined,
    isPublic: args.oneOf({ private: false, public: true }, 'access', 'a') ?? false,
  }
  void [args.text('region', 'r'), args.flag('base64decode')]
  if (args.has('workflows')) throw new AppError('not_implemented', { field: 'workflows', reason: 'Workflows are not offered here.' })
  return { answer: { kind: 'store', options } }
}

function required(args: TaskArgs, ...names: string[]): string {
  const text = args.text(...names)
  if (text === undefined || text === '')
    throw new AppError('invalid_parameter', { field: names[0], reason: `Expected ${names[0] ?? ''}, received nothing.` })
  return text
}

function readFallback(args: TaskArgs): Part {
  const handle = required(args, 'handle', 'h', 'file', 'f')
  return { fallback: { handle, seconds: readSeconds(args, 'cache', 'c') } }
}

/** Ours: `deadline=ms:150`. */
function readDeadline(args: TaskArgs): Part {
  const deadlineMs = args.integer({ min: 0, max: MAX_DEADLINE_MS }, 'ms')
  if (deadlineMs === undefined)
    throw new AppError('invalid_parameter', { field: 'ms', reason: 'Expected milliseconds as ms:150, received nothing.' })
  return { deadlineMs }
}

/** Which fields of the metadata are wished: `metadata`, `metadata=[size,width]`, `metadata=size,width` or `metadata=size:true`. */
function readMetadata(args: TaskArgs): Part {
  const listed = args.items().flat(4) as readonly string[]
  const flagged = METADATA_FIELDS.filter((name) => args.flag(name))
  const unknown = listed.find((name) => !METADATA_FIELDS.includes(name))
  if (unknown !== undefined) throw new AppError('unknown_parameter', { field: unknown.slice(0, 40), reason: 'No such field is known.' })
  return { answer: { kind: 'metadata', fields: [...new Set([...listed, ...flagged])] } }
}

const METADATA_FIELDS: readonly string[] =
  'size mimetype filename width height uploaded writeable cloud source_url md5 sha1 sha224 sha256 sha384 sha512 location path container exif'.split(
    ' ',
  )

/** Whether metadata is kept. */
const readKept = (args: TaskArgs): Partial<Output> => (args.flag('metadata', 'm') ? { metadata: 'keep' } : {})

/** The tasks that say how the result is written, kept and answered. */
export const deliveryTasks: TaskTable = {
  output: readOutput,
  quality: (args) => ({ output: readOutputQuality(args, OUTPUT_QUALITY, 'value', 'v') }),
  pjpg(args) {
    const quality = readOutputQuality(args, OUTPUT_QUALITY)
    return { output: { format: 'jpeg', effort: PROGRESSIVE_EFFORT, ...quality, ...readKept(args) } }
  },
  compress(args) {
    return { output: { quality: OUTPUT_QUALITY, target: undefined, ...readKept(args) } }
  },
  no_metadata: () => ({ encodes: true, output: { metadata: undefined, keepsCoding: true } }),
  auto_image: () => ({ negotiates: true }),
  imagesize: () => ({ answer: { kind: 'imagesize' } }),
  metadata: readMetadata,
  store: readStore,
  cache: readCache,
  security: (args) => ({ security: { policy: required(args, 'policy', 'p'), signature: required(args, 'signature', 's') } }),
  fallback: readFallback,
  deadline: readDeadline,
}
