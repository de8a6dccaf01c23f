import { viewOf } from '../engine/bytes.ts'
import { type Entry, readExif } from './exif.ts'

/** A text, a number, or several numbers, such as the degrees, minutes and seconds of a place. */
export type ExifValue = string | number | readonly number[]

/** Tags by the names that the standard gives them (EXIF 2.32 §4.6). */
const IMAGE_NAMES: Readonly<Record<number, string>> = {
  0x010e: 'ImageDescription',
  0x010f: 'Make',
  0x0110: 'Model',
  0x0112: 'Orientation',
  0x011a: 'XResolution',
  0x011b: 'YResolution',
  0x0128: 'ResolutionUnit',
  0x0131: 'Software',
  0x0132: 'DateTime',
  0x013b: 'Artist',
  0x013c: 'HostComputer',
  0x0213: 'YCbCrPositioning',
  0x8298: 'Copyright',
}

const EXIF_NAMES: Readonly<Record<number, string>> = {
  0x829a: 'ExposureTime',
  0x829d: 'FNumber',
  0x8822: 'ExposureProgram',
  0x8824: 'SpectralSensitivity',
  0x8827: 'PhotographicSensitivity',
  0x8830: 'SensitivityType',
  0x9000: 'ExifVersion',
  0x9003: 'DateTimeOriginal',
  0x9004: 'DateTimeDigitized',
  0x9010: 'OffsetTime',
  0x9011: 'OffsetTimeOriginal',
  0x9012: 'OffsetTimeDigitized',
  0x9201: 'ShutterSpeedValue',
  0x9202: 'ApertureValue',
  0x9203: 'BrightnessValue',
  0x9204: 'ExposureBiasValue',
  0x9205: 'MaxApertureValue',
  0x9206: 'SubjectDistance',
  0x9207: 'MeteringMode',
  0x9208: 'LightSource',
  0x9209: 'Flash',
  0x920a: 'FocalLength',
  0x9214: 'SubjectArea',
  0x9286: 'UserComment',
  0x9290: 'SubSecTime',
  0x9291: 'SubSecTimeOriginal',
  0x9292: 'SubSecTimeDigitized',
  0xa000: 'FlashpixVersion',
  0xa001: 'ColorSpace',
  0xa002: 'PixelXDimension',
  0xa003: 'PixelYDimension',
  0xa217: 'SensingMethod',
  0xa401: 'CustomRendered',
  0xa402: 'ExposureMode',
  0xa403: 'WhiteBalance',
  0xa404: 'DigitalZoomRatio',
  0xa405: 'FocalLengthIn35mmFilm',
  0xa406: 'SceneCaptureType',
  0xa407: 'GainControl',
  0xa408: 'Contrast',
  0xa409: 'Saturation',
  0xa40a: 'Sharpness',
  0xa40c: 'SubjectDistanceRange',
  0xa420: 'ImageUniqueID',
  0xa430: 'CameraOwnerName',
  0xa431: 'BodySerialNumber',
  0xa432: 'LensSpecification',
  0xa433: 'LensMake',
  0xa434: 'LensModel',
  0xa435: 'LensSerialNumber',
}

const GPS_NAMES: Readonly<Record<number, string>> = {
  0x01: 'GPSLatitudeRef',
  0x02: 'GPSLatitude',
  0x03: 'GPSLongitudeRef',
  0x04: 'GPSLongitude',
  0x05: 'GPSAltitudeRef',
  0x06: 'GPSAltitude',
  0x07: 'GPSTimeStamp',
  0x0c: 'GPSSpeedRef',
  0x0d: 'GPSSpeed',
  0x0e: 'GPSTrackRef',
  0x0f: 'GPSTrack',
  0x10: 'GPSImgDirectionRef',
  0x11: 'GPSImgDirection',
  0x12: 'GPSMapDatum',
  0x1d: 'GPSDateStamp',
  0x1f: 'GPSHPositioningError',
}

/** A longer text is cut, and of more numbers nobody reads on. */
const [MOST_CHARACTERS, MOST_NUMBERS] = [1000, 16]
const [ASCII, UNDEFINED] = [2, 7]

/** Fields of EXIF whose values people read, by name. Makers' notes and thumbnails are none. */
export type ExifFields = ReadonlyMap<string, ExifValue>

/**
 * The fields of an EXIF block, from its `II*` or `MM*` on; those of the place with `place`. Damaged ones are left out. Texts have no control characters
 * and at most 1,000 letters; a fraction is the number that it is.
 */
export function exifFields(tiff: Uint8Array, { place }: { readonly place: boolean }): ExifFields {
  const read = readExif(tiff)
  const fields = new Map<string, ExifValue>()
  if (!read) return fields
  const add = (entries: readonly Entry[], names: Readonly<Record<number, string>>): void => {
    for (const entry of entries) {
      const name = names[entry.tag]
      const value = name === undefined ? null : valueOf(entry, read.little)
      if (name !== undefined && value !== null) fields.set(name, value)
    }
  }
  add(read.image, IMAGE_NAMES)
  add(read.exif, EXIF_NAMES)
  if (place) add(read.gps, GPS_NAMES)
  return fields
}

function valueOf({ type, value, tag }: Entry, little: boolean): ExifValue | null {
  if (type === ASCII) return textOf(value)
  if (type === UNDEFINED) return undefinedOf(EXIF_NAMES[tag] ?? '', value)
  const numbers = numbersOf(type, value, little)
  const [first] = numbers
  if (first === undefined || numbers.some((number) => !Number.isFinite(number))) return null
  return numbers.length === 1 ? first : numbers
}

/** Of bytes without a type the versions are texts, and a comment, behind the name of its alphabet in eight bytes (EXIF 2.32 §4.6.5). */
function undefinedOf(name: string, value: Uint8Array): string | null {
  if (name === 'UserComment') return textOf(value.subarray(8))
  return name.endsWith('Version') ? textOf(value) : null
}

/** Numbers of the types BYTE, SHORT, LONG, RATIONAL, SBYTE, SSHORT, SLONG, SRATIONAL, FLOAT and DOUBLE (TIFF 6.0 §2). */
function numbersOf(type: number, value: Uint8Array, little: boolean): readonly number[] {
  const view = viewOf(value)
  const read: Readonly<Record<number, readonly [bytes: number, at: (i: number) => number]>> = {
    1: [1, (i) => view.getUint8(i)],
    3: [2, (i) => view.getUint16(i, little)],
    4: [4, (i) => view.getUint32(i, little)],
    5: [8, (i) => view.getUint32(i, little) / view.getUint32(i + 4, little)],
    6: [1, (i) => view.getInt8(i)],
    8: [2, (i) => view.getInt16(i, little)],
    9: [4, (i) => view.getInt32(i, little)],
    10: [8, (i) => view.getInt32(i, little) / view.getInt32(i + 4, little)],
    11: [4, (i) => view.getFloat32(i, little)],
    12: [8, (i) => view.getFloat64(i, little)],
  }
  const [bytes, at] = read[type] ?? [1, () => Number.NaN]
  return Array.from({ length: Math.min(MOST_NUMBERS, Math.floor(value.length / bytes)) }, (_, i) => at(i * bytes))
}

/** UTF-8, as most write, or Latin-1; up to the first zero. `null` when nothing is left. */
function textOf(value: Uint8Array): string | null {
  const end = value.indexOf(0)
  const bytes = end < 0 ? value : value.subarray(0, end)
  const text = [...decoded(bytes).replaceAll(/\p{Cc}+/gu, ' ')].slice(0, MOST_CHARACTERS).join('').trim()
  return text === '' ? null : text
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}
