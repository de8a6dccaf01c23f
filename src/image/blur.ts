import { gaussianTaps } from './gaussian.ts'
import { createRaster, type Raster } from './raster.ts'

/** A line longer than this many pixels that taps reach over is blurred at a fraction of its resolution: the work stays bounded for any sigma. */
const MAX_BINS = 160

/** Four planes of one line, premultiplied: red, green, blue, alpha, interleaved. */
type Line = Float32Array

/** How one direction is blurred: output i is the weighted sum of bins, and of the first and last pixel, which stand for all beyond them. */
interface LineBlur {
  /** Pixels a bin. */
  readonly step: number
  readonly outputs: number
  /** `outputs` rows of `outputs` weights. */
  readonly weights: Float32Array
  /** Weights of the pixels before the first and behind the last. */
  readonly before: Float32Array
  readonly behind: Float32Array
  /** First and last bin with any weight, two an output. */
  readonly spans: Int32Array
}

/**
 * Gaussian blur with ImageMagick's window; edge pixels are repeated, colours weighted by alpha (spec/batch §4.2). "For sigma > 20 an
 * approximation (blurring a reduced copy) is fine when the mean error stays below 1."
 */
export function gaussianBlur(input: Raster, sigma: number, radius: number): Raster {
  const taps = gaussianTaps(sigma, radius)
  const across = lineBlur(input.width, taps)
  const down = lineBlur(input.height, taps)
  const rows = blurRows(input, across)
  const columns = blurColumns(rows, across.outputs, input.height, down)
  return enlarge(columns, input, across, down)
}

function lineBlur(length: number, taps: Float64Array): LineBlur {
  const half = taps.length - 1
  const step = Math.ceil(Math.min(2 * half + 1, length) / MAX_BINS)
  const outputs = Math.ceil(length / step)
  // tail[k]: sum of the taps from distance k on, at one side.
  const tail = new Float64Array(half + 2)
  for (let k = half; k >= 0; k--) tail[k] = (tail[k + 1] as number) + (taps[k] as number) // both inside half + 2
  /** Sum of all taps at positions up to `distance` from the centre, which may be negative. */
  const upTo = (distance: number): number =>
    distance >= 0 ? 1 - (tail[Math.min(half + 1, distance + 1)] as number) : (tail[Math.min(half + 1, -distance)] as number)
  const blur = {
    step,
    outputs,
    weights: new Float32Array(outputs * outputs),
    before: new Float32Array(outputs),
    behind: new Float32Array(outputs),
    spans: new Int32Array(outputs * 2),
  }
  for (let i = 0; i < outputs; i++) {
    const centre = centreOf(i, step, length)
    blur.before[i] = upTo(-centre - 1)
    blur.behind[i] = 1 - upTo(length - 1 - centre)
    const first = Math.max(0, Math.floor((centre - half) / step))
    const last = Math.min(outputs - 1, Math.floor((centre + half) / step))
    for (let bin = first; bin <= last; bin++) {
      const end = Math.min(length, (bin + 1) * step) - 1
      blur.weights[i * outputs + bin] = upTo(end - centre) - upTo(bin * step - 1 - centre)
    }
    blur.spans.set([first, last], i * 2)
  }
  return blur
}

/** The pixel for which output i stands. */
const centreOf = (i: number, step: number, length: number): number => Math.min(length - 1, i * step + ((step - 1) >> 1))

/** Means of `step` pixels each; the last bin may hold fewer. */
function binLine(line: Line, step: number, outputs: number, bins: Float32Array): void {
  if (step === 1) {
    bins.set(line)
    return
  }
  const length = line.length / 4
  for (let bin = 0; bin < outputs; bin++) {
    const end = Math.min(length, (bin + 1) * step)
    for (let c = 0; c < 4; c++) {
      let sum = 0
      for (let x = bin * step; x < end; x++) sum += line[x * 4 + c] as number // inside the line
      bins[bin * 4 + c] = sum / (end - bin * step)
    }
  }
}

function blurLine(
  line: Line,
  { step, outputs, weights, before, behind, spans }: LineBlur,
  bins: Float32Array,
  to: Float32Array,
  at: number,
  stride: number,
): void {
  binLine(line, step, outputs, bins)
  const end = line.length - 4
  for (let i = 0; i < outputs; i++) {
    const [start, stop] = [before[i] as number, behind[i] as number] // one an output
    let [red, green, blue, alpha] = [0, 1, 2, 3].map((c) => (line[c] as number) * start + (line[end + c] as number) * stop) as [
      number,
      number,
      number,
      number,
    ]
    const last = spans[i * 2 + 1] as number
    for (let bin = spans[i * 2] as number; bin <= last; bin++) {
      const weight = weights[i * outputs + bin] as number // bins of a span are inside
      red += weight * (bins[bin * 4] as number)
      green += weight * (bins[bin * 4 + 1] as number)
      blue += weight * (bins[bin * 4 + 2] as number)
      alpha += weight * (bins[bin * 4 + 3] as number)
    }
    const target = at + i * stride
    to[target] = red
    to[target + 1] = green
    to[target + 2] = blue
    to[target + 3] = alpha
  }
}

function blurRows({ width, height, data }: Raster, blur: LineBlur): Float32Array {
  const line = new Float32Array(width * 4)
  const bins = new Float32Array(blur.outputs * 4)
  const rows = new Float32Array(blur.outputs * height * 4)
  for (let y = 0; y < height; y++) {
    for (let i = 0, at = y * width * 4; i < line.length; i += 4, at += 4) {
      const alpha = data[at + 3] as number // inside the row
      for (let c = 0; c < 3; c++) line[i + c] = ((data[at + c] as number) * alpha) / 255
      line[i + 3] = alpha
    }
    blurLine(line, blur, bins, rows, y * blur.outputs * 4, 4)
  }
  return rows
}

function blurColumns(rows: Float32Array, width: number, height: number, blur: LineBlur): Float32Array {
  const line = new Float32Array(height * 4)
  const bins = new Float32Array(blur.outputs * 4)
  const columns = new Float32Array(width * blur.outputs * 4)
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) line.set(rows.subarray((y * width + x) * 4, (y * width + x) * 4 + 4), y * 4)
    blurLine(line, blur, bins, columns, x * 4, width * 4)
  }
  return columns
}

/** Reads the outputs at every pixel, linearly between them, and makes the colours straight again. */
function enlarge(values: Float32Array, { width, height }: Raster, across: LineBlur, down: LineBlur): Raster {
  const output = createRaster({ width, height })
  const pixel = new Float64Array(4)
  for (let y = 0, at = 0; y < height; y++) {
    const row = between(y, down, height)
    for (let x = 0; x < width; x++, at += 4) {
      const column = between(x, across, width)
      for (let c = 0; c < 4; c++) {
        const read = (i: number, j: number): number => values[(j * across.outputs + i) * 4 + c] as number // outputs of both directions
        const above = read(column.from, row.from) * (1 - column.share) + read(column.to, row.from) * column.share
        const below = read(column.from, row.to) * (1 - column.share) + read(column.to, row.to) * column.share
        pixel[c] = above * (1 - row.share) + below * row.share
      }
      const alpha = pixel[3] as number
      if (alpha <= 0) continue
      for (let c = 0; c < 3; c++) output.data[at + c] = ((pixel[c] as number) * 255) / alpha
      output.data[at + 3] = alpha
    }
  }
  return output
}

function between(
  position: number,
  { step, outputs }: LineBlur,
  length: number,
): { readonly from: number; readonly to: number; readonly share: number } {
  if (step === 1) return { from: position, to: position, share: 0 }
  const from = Math.min(outputs - 1, Math.max(0, Math.floor((position - ((step - 1) >> 1)) / step)))
  const to = Math.min(outputs - 1, from + 1)
  const [start, end] = [centreOf(from, step, length), centreOf(to, step, length)]
  return { from, to, share: to === from ? 0 : Math.min(1, Math.max(0, (position - start) / (end - start))) }
}
