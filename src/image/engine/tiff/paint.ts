import { D50, SRGB_PRIMARIES, toXyz } from '../../icc/primaries.ts'
import { invert, transform } from '../../icc/matrix.ts'
import { levelOf } from '../../icc/srgb.ts'
import { type PaintRow, pixel } from '../rows/painted.ts'
import { damagedTiff } from './directory.ts'
import type { TiffPicture } from './picture.ts'
import type { SampleRow } from './samples.ts'

type Level = (sample: number) => number

/** Paints the samples of rows. `keepsInks`: four inks are left as they are, for a profile that knows them. */
export function paintSamples(picture: TiffPicture, rowOf: (y: number) => SampleRow, keepsInks: boolean): PaintRow {
  const paint = painterOf(picture, keepsInks)
  const { alpha } = picture
  if (!alpha) return (y, row) => paint(rowOf(y), row)
  const level = levels(picture.bits)
  return (y, row) => {
    const samples = rowOf(y)
    paint(samples, row)
    for (let x = 0, at = alpha.at; x < row.length; x++, at += picture.samples) {
      row[x] = withAlpha(row[x] as number, level(samples[at] as number), alpha.isAssociated) // inside
    }
  }
}

function withAlpha(colour: number, alpha: number, isAssociated: boolean): number {
  if (!isAssociated || alpha === 255) return pixel(colour & 255, (colour >> 8) & 255, (colour >> 16) & 255, alpha)
  if (alpha === 0) return 0
  const straight = (value: number): number => Math.min(255, Math.round((value * 255) / alpha))
  return pixel(straight(colour & 255), straight((colour >> 8) & 255), straight((colour >> 16) & 255), alpha)
}

/** A sample of so many bits as a level of 8. */
function levels(bits: number): Level {
  if (bits === 8) return (sample) => sample
  const table = Uint8Array.from({ length: 1 << bits }, (_, sample) => Math.round((sample * 255) / ((1 << bits) - 1)))
  return (sample) => table[sample] as number // so many bits
}

function painterOf(picture: TiffPicture, keepsInks: boolean): (samples: SampleRow, row: Uint32Array) => void {
  const { samples: step, bits } = picture
  const level = levels(bits)
  switch (picture.colour) {
    case 'gray':
    case 'white-is-zero': {
      const flip = picture.colour === 'gray' ? 0 : 255
      return (samples, row) => {
        for (let x = 0, at = 0; x < row.length; x++, at += step) {
          const gray = level(samples[at] as number) ^ flip
          row[x] = pixel(gray, gray, gray)
        }
      }
    }
    case 'palette': {
      const colours = paletteOf(picture)
      return (samples, row) => {
        for (let x = 0, at = 0; x < row.length; x++, at += step) row[x] = colours[samples[at] as number] as number // so many bits
      }
    }
    case 'cmyk':
      return (samples, row) => {
        for (let x = 0, at = 0; x < row.length; x++, at += step) {
          const ink = (i: number): number => level(samples[at + i] as number) // four of them
          const left = (i: number): number => Math.round(((255 - ink(i)) * (255 - ink(3))) / 255)
          row[x] = keepsInks ? pixel(ink(0), ink(1), ink(2), ink(3)) : pixel(left(0), left(1), left(2))
        }
      }
    case 'lab': {
      const convert = labConverter(bits)
      return (samples, row) => {
        for (let x = 0, at = 0; x < row.length; x++, at += step)
          row[x] = convert(samples[at] as number, samples[at + 1] as number, samples[at + 2] as number) // three of them
      }
    }
    case 'rgb':
      return (samples, row) => {
        for (let x = 0, at = 0; x < row.length; x++, at += step)
          row[x] = pixel(level(samples[at] as number), level(samples[at + 1] as number), level(samples[at + 2] as number)) // three of them
      }
  }
}

/** TIFF 6.0 §5: three tables of 16 bits; some writers use the lower eight alone. */
function paletteOf({ palette, bits }: TiffPicture): Uint32Array {
  const count = 1 << bits
  const values = Array.from({ length: 3 * count }, (_, i) => palette?.at(i) ?? 0)
  const scale = values.every((value) => value < 256) ? 1 : 1 / 257
  const at = (i: number): number => Math.round((values[i] ?? 0) * scale)
  return Uint32Array.from({ length: count }, (_, i) => pixel(at(i), at(count + i), at(2 * count + i)))
}

/** CIE L*a*b* of 8 or 16 bits (TIFF 6.0 §23, Adobe's Technical Note 4): L to the largest number, a and b signed, of 16 bits in 256ths; white is D50's. */
function labConverter(bits: number): (l: number, a: number, b: number) => number {
  const toPcs = toXyz(SRGB_PRIMARIES)
  const toRgb = toPcs && invert(toPcs)
  if (!toRgb) throw damagedTiff('Lab')
  const most = 2 ** bits - 1
  const signed = (value: number): number => ((value << (32 - bits)) >> (32 - bits)) / 2 ** (bits - 8)
  const cubed = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29))
  return (l, a, b) => {
    const y = ((l * 100) / most + 16) / 116
    const [red, green, blue] = transform(toRgb, [D50[0] * cubed(y + signed(a) / 500), cubed(y), D50[2] * cubed(y - signed(b) / 200)])
    return pixel(levelOf(red), levelOf(green), levelOf(blue))
  }
}
