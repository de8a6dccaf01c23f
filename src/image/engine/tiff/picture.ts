import type { Channels } from '../../icc/conversion.ts'
import type { Orientation } from '../../orientation.ts'
import type { Shape } from '../../raster.ts'
import { type FaxCoding, isFax } from './fax.ts'
import { damagedTiff, type Directory, type Field, readDirectories, readDirectory, unknownTiff } from './directory.ts'

export type Coding = 'none' | 'packbits' | 'lzw' | 'deflate' | 'jpeg' | FaxCoding
export type Colour = 'white-is-zero' | 'gray' | 'rgb' | 'palette' | 'cmyk' | 'lab'

/** One page. Its pixels lie in blocks: strips as wide as the page, or tiles. */
export interface TiffPicture extends Shape {
  readonly coding: Coding
  readonly colour: Colour
  readonly bits: number
  /** Samples a pixel, those that nobody shows included. */
  readonly samples: number
  /** The sample that is alpha, and whether colours are multiplied by it. */
  readonly alpha: { readonly at: number; readonly isAssociated: boolean } | null
  /** Each sample has blocks of its own. */
  readonly isPlanar: boolean
  readonly hasPredictor: boolean
  readonly isReversed: boolean
  readonly isLittleEndian: boolean
  readonly block: Shape
  readonly offsets: Field
  readonly byteCounts: Field | null
  /** Reds, then greens, then blues, of 16 bits. */
  readonly palette: Field | null
  readonly jpegTables: Uint8Array | null
  readonly jpegIsYcc: boolean
  readonly icc: Uint8Array | null
  readonly orientation: Orientation
  readonly pages: number
  readonly fileBytes: number
}

const CODINGS: Readonly<Record<number, Coding>> = {
  1: 'none',
  2: 'rle',
  3: 'g3',
  4: 'g4',
  5: 'lzw',
  7: 'jpeg',
  8: 'deflate',
  32773: 'packbits',
  32946: 'deflate',
}
/** What other files are coded by. */
const UNKNOWN_CODINGS: Readonly<Record<number, string>> = {
  6: 'old JPEG',
  34661: 'JBIG',
  34676: 'LogLuv',
  34677: 'LogLuv',
  34712: 'JPEG 2000',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
}
/** T4Options: some rows are told by their difference; all bits are as they are. T6Options has the second too. */
const [DIFFERENCES, UNCOMPRESSED] = [1, 2]
/** The predictor of floats (TIFF Technical Note 3). */
const FLOATS = 3
const COLOURS: Readonly<Record<number, Colour>> = { 0: 'white-is-zero', 1: 'gray', 2: 'rgb', 3: 'palette', 5: 'cmyk', 8: 'lab' }
const YCC = 6
/** Samples that each colour takes. */
export const SAMPLES: Readonly<Record<Colour, number>> = { 'white-is-zero': 1, gray: 1, rgb: 3, palette: 1, cmyk: 4, lab: 3 }
export const CHANNELS: Readonly<Record<Colour, Channels>> = {
  'white-is-zero': 'gray',
  gray: 'gray',
  rgb: 'rgb',
  palette: 'rgb',
  cmyk: 'cmyk',
  lab: 'rgb',
}
const MOST_SIDE = 0x7fffffff
const MOST_SAMPLES = 16
const ASSOCIATED = 1
/** Of values: not signed, which Lab alone may be, and no floats. */
const UNSIGNED = 1

/** Reads the directory of a page, from 1 on; of one that is not there, the first. Source: TIFF 6.0. @throws AppError `invalid_image`, `unsupported_format`. */
export function readTiff(file: Uint8Array, page = 1): TiffPicture {
  const directories = readDirectories(file)
  const directory = readDirectory(file, directories[page - 1] ?? directories[0] ?? 0)
  const of = (tag: number, otherwise: number): number => directory.number(tag) ?? otherwise
  const [width, height] = [of(256, 0), of(257, 0)]
  if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE) throw damagedTiff(`a size of ${width}×${height}`)
  const coding = codingOf(of(259, 1), of(292, 0), of(293, 0))
  const photometric = of(262, 1)
  const colour = photometric === YCC && coding === 'jpeg' ? 'rgb' : COLOURS[photometric]
  if (!colour) throw unknownTiff(`colours of kind ${photometric}`)
  const samples = of(277, 1)
  const bits = bitsOf(directory, samples)
  const format = of(339, UNSIGNED)
  if (format !== UNSIGNED && !(format === 2 && colour === 'lab')) throw unknownTiff('samples that are signed or floats')
  if (samples < SAMPLES[colour] || samples > MOST_SAMPLES) throw damagedTiff(`${samples} samples a pixel`)
  const predictor = of(317, 1)
  const hasPredictor = predictor === 2 && (coding === 'lzw' || coding === 'deflate')
  if (predictor === FLOATS) throw unknownTiff('samples that are floats (predictor 3)')
  if (predictor > 2 || (hasPredictor && bits !== 8 && bits !== 16)) throw unknownTiff(`predictor ${predictor} of ${bits} bits`)
  if (colour === 'lab' && bits !== 8 && bits !== 16) throw unknownTiff(`Lab of ${bits} bits`)
  if (isFax(coding) && (bits !== 1 || samples !== 1)) throw damagedTiff('fax codes of more than one bit')
  if (coding === 'jpeg' && (bits !== 8 || (samples !== 1 && samples !== 3) || of(284, 1) !== 1))
    throw unknownTiff('a JPEG of another kind inside')
  const palette = directory.field(320)
  if (colour === 'palette' && (!palette || bits > 8)) throw damagedTiff('a palette is missing')
  return {
    width,
    height,
    coding,
    colour,
    bits,
    samples,
    alpha: colour !== 'cmyk' && samples > SAMPLES[colour] ? { at: SAMPLES[colour], isAssociated: of(338, 0) === ASSOCIATED } : null,
    isPlanar: samples > 1 && of(284, 1) === 2,
    hasPredictor,
    isReversed: of(266, 1) === 2,
    isLittleEndian: directory.isLittleEndian,
    ...blocksOf(directory, { width, height }),
    palette,
    jpegTables: directory.field(347)?.bytes ?? null,
    jpegIsYcc: photometric === YCC,
    icc: directory.field(34675)?.bytes ?? null,
    orientation: orientationOf(of(274, 1)),
    pages: directories.length,
    fileBytes: file.length,
  }
}

/** @param t4 T4Options. @param t6 T6Options. */
function codingOf(compression: number, t4: number, t6: number): Coding {
  const coding = CODINGS[compression]
  if (!coding) {
    const name = UNKNOWN_CODINGS[compression]
    throw unknownTiff(`compression ${compression}${name ? ` (${name})` : ''}`)
  }
  const options = coding === 'g3' ? t4 : coding === 'g4' ? t6 : 0
  if ((options & UNCOMPRESSED) !== 0) throw unknownTiff('fax codes that are not compressed')
  return coding === 'g3' && (options & DIFFERENCES) !== 0 ? 'g3-2d' : coding
}

function bitsOf(directory: Directory, samples: number): number {
  const field = directory.field(258)
  const bits = field?.at(0) ?? 1
  for (let i = 1; field && i < Math.min(field.count, samples); i++)
    if (field.at(i) !== bits) throw unknownTiff('samples of different sizes')
  if (bits < 1 || bits > 16) throw unknownTiff(`${bits} bits a sample`)
  return bits
}

function blocksOf(directory: Directory, { width, height }: Shape): Pick<TiffPicture, 'block' | 'offsets' | 'byteCounts'> {
  const [tileWidth, tileHeight] = [directory.number(322), directory.number(323)]
  const isTiled = tileWidth !== null && tileHeight !== null
  const offsets = directory.field(isTiled ? 324 : 273)
  const byteCounts = directory.field(isTiled ? 325 : 279)
  if (!offsets) throw damagedTiff('there are no pixels')
  const block = isTiled ? { width: tileWidth, height: tileHeight } : { width, height: Math.min(directory.number(278) ?? height, height) }
  if (block.width < 1 || block.height < 1) throw damagedTiff('blocks of no size')
  return { block, offsets, byteCounts }
}

const orientationOf = (value: number): Orientation => (value >= 1 && value <= 8 ? (value as Orientation) : 1)
