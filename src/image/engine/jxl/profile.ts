// The ICC profile of a codestream (ISO/IEC 18181-1 annex E.4): a stream of bytes that are commands, and what is left of the profile behind predictions.
import { AppError } from '../../../errors.ts'
import { ascii, viewOf } from '../bytes.ts'
import { type BitReader, damagedJxl } from './bits.ts'
import { readEntropyStream } from './entropy/stream.ts'

/** A longer one is refused. */
const MOST_BYTES = 1_048_576
const CONTEXTS = 41
const HEADER_BYTES = 128

/** The kind of the byte before: letters, figures, small and large ones. */
function kindOf(byte: number): number {
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a)
  if (isLetter) return 0
  if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2c) return 1
  if (byte < 16) return Math.min(4, 2 + byte)
  return byte === 255 ? 6 : byte > 240 ? 5 : 7
}
/** The same of the one before that, with fewer kinds. */
const KIND_BEFORE = [0, 1, 2, 2, 2, 3, 3, 4]

/** Reads the profile at the reader's place. @throws AppError `invalid_image`, `unsupported_format` when it is too long. */
export function readProfileStream(bits: BitReader): Uint8Array<ArrayBuffer> {
  const length = bits.long()
  if (length > MOST_BYTES) throw tooLong(length)
  const stream = readEntropyStream(bits, CONTEXTS)
  const coded = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const context = i <= HEADER_BYTES ? 0 : 1 + kindOf(coded[i - 1] as number) + 8 * (KIND_BEFORE[kindOf(coded[i - 2] as number)] as number)
    coded[i] = stream.read(context)
  }
  stream.end()
  return unpredict(coded)
}

const tooLong = (length: number): AppError =>
  new AppError('unsupported_format', { reason: `Expected a JPEG XL with a profile of at most ${MOST_BYTES} bytes, received ${length}.` })

/** Reads bytes and numbers one behind the other. */
function cursor(bytes: Uint8Array, at = 0) {
  const take = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw damagedJxl('the profile is cut short')
    return bytes.subarray(at, (at += count))
  }
  const byte = (): number => take(1)[0] as number
  return {
    take,
    byte,
    isAtEnd: () => at >= bytes.length,
    /** Seven bits a byte, the lowest first. */
    number(): number {
      let value = 0
      for (let shift = 0; shift < 35; shift += 7) {
        const next = byte()
        value += (next & 127) * 2 ** shift
        if (next < 128) return value
      }
      throw damagedJxl('a number of the profile is too large')
    },
    rest: () => bytes.subarray(at),
  }
}
type Cursor = ReturnType<typeof cursor>

/** A profile that is written from its start on. */
function output(size: number) {
  const bytes = new Uint8Array(size)
  let at = 0
  const put = (part: Uint8Array): void => {
    if (part.length > size - at) throw damagedJxl('the profile is longer than it says')
    bytes.set(part, at)
    at += part.length
  }
  return {
    bytes,
    get length() {
      return at
    },
    put,
    text: (text: string): void => put(ascii(text)),
    number(value: number): void {
      const word = new Uint8Array(4)
      viewOf(word).setUint32(0, value)
      put(word)
    },
  }
}
type Output = ReturnType<typeof output>

function unpredict(coded: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = cursor(coded)
  const size = start.number()
  if (size > MOST_BYTES) throw tooLong(size)
  const commands = cursor(start.take(start.number()))
  const data = cursor(start.rest())
  const profile = output(size)
  putHeader(profile, data)
  if (size > HEADER_BYTES) putTags(profile, commands, data)
  while (!commands.isAtEnd()) putPart(profile, commands, data)
  if (profile.length !== size) throw damagedJxl('the profile is cut short')
  return profile.bytes
}

function putHeader(profile: Output, data: Cursor): void {
  const expected = new Uint8Array(HEADER_BYTES)
  const view = viewOf(expected)
  const size = profile.bytes.length
  view.setUint32(0, size)
  expected[8] = 4
  for (const [at, text] of [
    [12, 'mntrRGB XYZ '],
    [36, 'acsp'],
  ] as const)
    expected.set(ascii(text), at)
  ;[0xf6d6, 0x10000, 0xd32d].forEach((value, i) => view.setUint32(68 + 4 * i, value))
  const { bytes } = profile
  for (let i = 0; i < Math.min(size, HEADER_BYTES); i++) {
    if (i === 8) expected.set(bytes.subarray(4, 8), 80)
    if (i === 41 || i === 42) expected.set(ascii(platform(String.fromCharCode(...bytes.subarray(40, i)))), i)
    profile.put(Uint8Array.of((expected[i] as number) + data.byte()))
  }
}

const PLATFORMS = ['APPL', 'MSFT', 'SGI ', 'SUNW']

/** How a platform's name goes on whose beginning decides: one letter, or two of those with an S. */
function platform(beginning: string): string {
  const found = PLATFORMS.find((name) => name.startsWith(beginning))
  const isDecided = found !== undefined && (beginning.length === 1) !== beginning.startsWith('S')
  return isDecided ? found.slice(beginning.length) : ''
}

const TAGS = [
  'cprt',
  'wtpt',
  'bkpt',
  'rXYZ',
  'gXYZ',
  'bXYZ',
  'kXYZ',
  'rTRC',
  'gTRC',
  'bTRC',
  'kTRC',
  'chad',
  'desc',
  'chrm',
  'dmnd',
  'dmdd',
  'lumi',
]
/** Tags of three numbers. */
const TRIPLES = ['rXYZ', 'gXYZ', 'bXYZ', 'kXYZ', 'wtpt', 'bkpt', 'lumi']
const TRIPLE_BYTES = 20
const [ANY_TAG, CURVES, COLORANTS, FIRST_TAG] = [1, 2, 3, 4]

/** The table of tags, whose places follow each other as a rule. */
function putTags(profile: Output, commands: Cursor, data: Cursor): void {
  const count = commands.number() - 1
  if (count < 0) return
  profile.number(count)
  let [start, size] = [HEADER_BYTES + 4 + 12 * count, 0]
  while (!commands.isAtEnd()) {
    const command = commands.byte()
    const kind = command & 63
    if (kind === 0) return
    const name =
      kind === ANY_TAG
        ? String.fromCharCode(...data.take(4))
        : kind === CURVES
          ? 'rTRC'
          : kind === COLORANTS
            ? 'rXYZ'
            : TAGS[kind - FIRST_TAG]
    if (name === undefined) throw damagedJxl('a tag of the profile is unknown')
    start = command & 64 ? commands.number() : start + size
    if (TRIPLES.includes(name)) size = TRIPLE_BYTES
    if (command & 128) size = commands.number()
    const put = (tag: string, at: number): void => {
      profile.text(tag)
      profile.number(at)
      profile.number(size)
    }
    put(name, start)
    if (kind === CURVES) for (const tag of ['gTRC', 'bTRC']) put(tag, start)
    if (kind === COLORANTS) for (const [i, tag] of ['gXYZ', 'bXYZ'].entries()) put(tag, start + (i + 1) * size)
  }
}

const [INSERT, SHUFFLE_2, SHUFFLE_4, PREDICT, TRIPLE, FIRST_TYPE] = [1, 2, 3, 4, 10, 16]
const TYPES = ['XYZ ', 'desc', 'text', 'mluc', 'para', 'curv', 'sf32', 'gbd ']
const RESERVED = '\0\0\0\0'

function putPart(profile: Output, commands: Cursor, data: Cursor): void {
  const command = commands.byte()
  switch (command) {
    case INSERT:
      return profile.put(data.take(commands.number()))
    case SHUFFLE_2:
      return profile.put(shuffle(data.take(commands.number()), 2))
    case SHUFFLE_4:
      return profile.put(shuffle(data.take(commands.number()), 4))
    case PREDICT:
      return putPredicted(profile, commands, data)
    case TRIPLE:
      profile.text(`XYZ ${RESERVED}`)
      return profile.put(data.take(12))
  }
  const type = TYPES[command - FIRST_TYPE]
  if (type === undefined) throw damagedJxl('a command of the profile is unknown')
  profile.text(`${type}${RESERVED}`)
}

/** The first bytes of all numbers, then the second ones, and so on, put together. */
function shuffle(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.ceil(bytes.length / width)
  const result = new Uint8Array(bytes.length)
  for (let i = 0, from = 0, column = 0; i < result.length; i++) {
    result[i] = bytes[from] as number // inside
    from += count
    if (from >= bytes.length) from = ++column
  }
  return result
}

/** Numbers of 1, 2 or 4 bytes as what they differ from a guess by those before. */
function putPredicted(profile: Output, commands: Cursor, data: Cursor): void {
  const flags = commands.byte()
  const [width, order] = [(flags & 3) + 1, (flags & 12) >> 2]
  const stride = flags & 16 ? commands.number() : width
  const differences = data.take(commands.number())
  if (width === 3 || order === 3 || stride < width || 4 * stride > profile.length) throw damagedJxl('a guess of the profile is damaged')
  const bytes = width === 1 ? differences : shuffle(differences, width)
  const start = profile.length
  const written = profile.bytes
  const before = (at: number): number => {
    let value = 0
    for (let i = 0; i < width; i++) value = value * 256 + (written[at + i] as number) // inside
    return value
  }
  for (const [i, difference] of bytes.entries()) {
    const within = i % width
    const at = start + i - within
    const [a, b, c] = [before(at - stride), before(at - 2 * stride), before(at - 3 * stride)]
    const guess = order === 0 ? a : order === 1 ? 2 * a - b : 3 * a - 3 * b + c
    profile.put(Uint8Array.of((Math.floor(guess / 256 ** (width - 1 - within)) & 255) + difference))
  }
}
