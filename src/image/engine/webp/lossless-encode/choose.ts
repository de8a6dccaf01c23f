import { giveBack } from '../../parts.ts'
import type { Shape } from '../../../raster.ts'
import { createColourCollector } from '../../palette.ts'
import type { Band } from '../../plane-stream.ts'
import { allocateRows, type Drain, type PixelRows } from '../../rows/pixel-rows.ts'
import { nearestNext } from './colour-order.ts'
import type { Level } from './effort.ts'
import type { LosslessEncoderCore } from './exports.ts'
import type { Form } from './form.ts'
import { createRowCoder, rowCoderBytes } from './row-coder.ts'

/** Pixels by which a picture's form is chosen, of bands of rows in so many parts of it. */
const SAMPLE_PIXELS = 1 << 16
const SAMPLE_BANDS = 4
/** About the bits of a palette's colour. */
const BITS_PER_COLOUR = 12

const TRANSFORMS = [
  { subtractsGreen: true, predicts: true },
  { subtractsGreen: false, predicts: true },
  { subtractsGreen: true, predicts: false },
  { subtractsGreen: false, predicts: false },
] as const

/** Reads as many rows as it needs to choose the form in which they are smallest. */
export async function chooseForm(core: LosslessEncoderCore, rows: PixelRows, drain: Drain, level: Level): Promise<Form> {
  const { width, height } = rows
  const colours = createColourCollector()
  const sample = createSample(core, rows)
  await drain(rows, (band) => {
    sample.take(band)
    for (let row = 0; row < band.rows && colours.fits; row++) {
      colours.add(new Uint32Array(core.exports.memory.buffer, band.ptr + row * band.stride, width))
    }
    return colours.fits || sample.isOpen ? undefined : false
  })
  const share = height / sample.rows
  const bitsOf = (form: Form): number => share * sample.bits(form, level)
  const palette = colours.palette(nearestNext)
  const [cacheBits = 0] = level.cacheSizes
  let best: Form = { palette: null, cacheBits, ...TRANSFORMS[0] }
  let least = bitsOf(best)
  const consider = (form: Form, more = 0): void => {
    const bits = bitsOf(form) + more
    if (bits < least) [best, least] = [form, bits]
  }
  for (const transform of TRANSFORMS.slice(1)) consider({ palette: null, cacheBits, ...transform })
  if (palette !== null) consider({ palette, cacheBits: 0 }, palette.colours.length * BITS_PER_COLOUR)
  const chosen: Form = best
  if (chosen.palette === null) for (const bits of level.cacheSizes.slice(1)) consider({ ...chosen, cacheBits: bits })
  sample.end()
  return best
}

/** Upper bound of the memory that `chooseForm` takes. */
export const chooseFormBytes = (shape: Shape, level: Level): number =>
  rowCoderBytes(sampleShape(shape), level) + SAMPLE_PIXELS * 4 + shape.width * 8 + 64

const sampleShape = ({ width, height }: Shape): Shape => ({ width, height: Math.min(height, Math.ceil(SAMPLE_PIXELS / width)) })

/** Rows of a picture: all, or bands from the middle of its parts. */
function createSample(core: LosslessEncoderCore, shape: Shape) {
  const { width, height: count } = sampleShape(shape)
  const rowBytes = width * 4
  const kept = new Uint8Array(count * rowBytes)
  const places = samplePlaces(shape.height, count)
  let [y, filled] = [0, 0]
  return {
    rows: count,
    end: () => giveBack(kept),
    get isOpen() {
      return filled < count
    },
    take({ ptr, stride, rows }: Band): void {
      const memory = core.bytes()
      for (let row = 0; row < rows; row++, y++) {
        if (y !== places[filled]) continue
        const from = ptr + row * stride
        kept.set(memory.subarray(from, from + rowBytes), filled++ * rowBytes)
      }
    },
    /** About the bits that these rows take. */
    bits(form: Form, level: Level): number {
      const mark = core.mark()
      const { ptr } = allocateRows(core, width, 1)
      const coder = createRowCoder(core, { width, height: count }, form, level, true)
      for (let row = 0; row < count; row++) {
        core.bytes().set(kept.subarray(row * rowBytes, (row + 1) * rowBytes), ptr)
        coder.take(ptr)
      }
      core.release(mark)
      return coder.estimatedBits()
    },
  }
}

/** Which rows of a picture are looked at, rising: what is left out is shared out around the bands. */
function samplePlaces(height: number, count: number): readonly number[] {
  const bands = Math.min(SAMPLE_BANDS, count)
  return Array.from({ length: count }, (_, i) => i + Math.floor(((height - count) * (Math.floor((i * bands) / count) + 0.5)) / bands))
}
