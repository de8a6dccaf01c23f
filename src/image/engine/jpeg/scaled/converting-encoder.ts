import { type ColourConversion, rowConverter } from '../../pixels/to-srgb.ts'
import { allocateRows, rowsBytes } from '../../rows/pixel-rows.ts'
import type { EncoderPlane, JpegEncoder } from '../encode/encoder.ts'
import type { ScaledJpegCore } from './convert.ts'

/** Room behind a row for kernels that work by groups of samples. */
const SLACK = 48
const roomOf = (width: number): number => ((width + 15) & ~15) + SLACK

/** Core memory that `convertingEncoder` takes beside the conversion's tables. */
export const convertingEncoderBytes = (width: number): number => rowsBytes(width, 1) + 6 * roomOf(width) + 16

/** Makes an encoder convert its rows. */
type Wrap = (encoder: JpegEncoder) => JpegEncoder

/**
 * For an encoder of Y, Cb and Cr with chroma halved in both directions: its rows become sRGB just before they are encoded, at the size of the result and
 * without a picture of RGBA. A chroma sample stands for its four pixels as it is. All that it takes is allocated now.
 */
export function convertingEncoder(core: ScaledJpegCore, width: number, conversion: ColourConversion): Wrap {
  const { exports } = core
  const convert = rowConverter(core, conversion)
  const room = roomOf(width)
  const wide = core.alloc(6 * room)
  const at = (i: number): number => wide + i * room
  const [wideCb, wideCr] = [at(0), at(1)]
  /** Rows of new chroma at full size: two of Cb, two of Cr. */
  const made = [at(2), at(4)] as const
  const rgba = allocateRows(core, width, 1).ptr
  const rowOf = (plane: EncoderPlane, y: number): number => plane.ptr + (y % plane.rows) * plane.stride

  /** Rows `y` and, unless it is the last one, `y + 1` of the picture. */
  function convertPair([luma, ...chroma]: readonly [EncoderPlane, EncoderPlane, EncoderPlane], y: number): void {
    const [cb, cr] = [rowOf(chroma[0], y >> 1), rowOf(chroma[1], y >> 1)]
    const halfWidth = chroma[0].width
    exports.upsampleTwice(cb, wideCb, halfWidth)
    exports.upsampleTwice(cr, wideCr, halfWidth)
    const isPair = y + 1 < luma.height
    for (let half = 0; half < (isPair ? 2 : 1); half++) {
      const row = rowOf(luma, y + half)
      exports.yccToRgbaRow(row, wideCb, wideCr, rgba, width)
      convert(rgba, width * 4)
      exports.rgbaToYcc(rgba, row, made[0] + half * room, made[1] + half * room, width)
    }
    if (width % 2 === 1) exports.padRows(made[0], room, 4, width, width + 1)
    exports.quarterRows(made[0], made[0] + (isPair ? room : 0), cb, halfWidth)
    exports.quarterRows(made[1], made[1] + (isPair ? room : 0), cr, halfWidth)
  }

  return (encoder) => {
    const planes = encoder.planes as unknown as readonly [EncoderPlane, EncoderPlane, EncoderPlane] // of an encoder with chroma
    const [{ height, rowsPerMcu }] = planes
    let mcuRow = 0
    return {
      ...encoder,
      encodeRow() {
        const top = mcuRow++ * rowsPerMcu
        for (let y = top; y < Math.min(top + rowsPerMcu, height); y += 2) convertPair(planes, y)
        encoder.encodeRow()
      },
    }
  }
}
