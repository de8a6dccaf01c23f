import type { ExifFields, ExifValue } from '../metadata/exif-fields.ts'

/** Camera, lens, time and exposure, and who made it, by the standard's names. No serial numbers, no owner, no comments. */
const TOLD = [
  'Make',
  'Model',
  'LensMake',
  'LensModel',
  'Software',
  'DateTimeOriginal',
  'SubSecTimeOriginal',
  'OffsetTimeOriginal',
  'ExposureTime',
  'FNumber',
  'PhotographicSensitivity',
  'ExposureBiasValue',
  'ExposureProgram',
  'MeteringMode',
  'Flash',
  'WhiteBalance',
  'FocalLength',
  'FocalLengthIn35mmFilm',
  'Artist',
  'Copyright',
] as const

/** A longer text is cut: an answer is small whatever a file holds. */
const MOST_CHARACTERS = 120

/** The fields that are told; `null` when the file has none of them. */
export function cameraFields(fields: ExifFields | null): Readonly<Record<string, ExifValue>> | null {
  const told = TOLD.flatMap((name) => {
    const value = fields?.get(name)
    return value === undefined ? [] : [[name, typeof value === 'string' ? cut(value) : value] as const]
  })
  return told.length > 0 ? Object.fromEntries(told) : null
}

const cut = (text: string): string => [...text].slice(0, MOST_CHARACTERS).join('')

/** Where a picture was taken. */
export interface Place {
  /** Degrees, north positive. */
  readonly latitude: number
  /** Degrees, east positive. */
  readonly longitude: number
  /** Metres above the sea; `null` when it is not told. */
  readonly altitude: number | null
}

/** The place by EXIF's GPS fields (EXIF 2.32 §4.6.6); `null` without one that is on Earth. */
export function placeOf(fields: ExifFields | null): Place | null {
  const latitude = degreesOf(fields?.get('GPSLatitude'), fields?.get('GPSLatitudeRef') === 'S')
  const longitude = degreesOf(fields?.get('GPSLongitude'), fields?.get('GPSLongitudeRef') === 'W')
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null
  const altitude = fields?.get('GPSAltitude')
  const isBelow = fields?.get('GPSAltitudeRef') === 1
  return { latitude, longitude, altitude: typeof altitude === 'number' ? (isBelow ? -altitude : altitude) : null }
}

/** Degrees, minutes and seconds, to about a centimetre. */
function degreesOf(value: ExifValue | undefined, isNegative: boolean): number | null {
  const [degrees, minutes, seconds] = typeof value === 'object' ? value : []
  if (degrees === undefined || minutes === undefined || seconds === undefined) return null
  const sum = degrees + minutes / 60 + seconds / 3600
  return Number.isFinite(sum) ? Math.round((isNegative ? -sum : sum) * 1e7) / 1e7 : null
}
