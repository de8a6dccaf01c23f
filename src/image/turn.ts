import { channels } from './colour.ts'
import { turnUpright } from './orientation.ts'
import { createRaster, type Raster, type Shape } from './raster.ts'

/** Degrees from 0 up to 360; whole turns are none. */
const normalized = (degrees: number): number => ((degrees % 360) + 360) % 360

/** "canvas ceil(|W cos| + |H sin|) × ceil(|W sin| + |H cos|)" (spec/batch §4.12); quarter turns are exact. */
export function turnedShape({ width, height }: Shape, degrees: number): Shape {
  const turn = normalized(degrees)
  if (turn % 180 === 0) return { width, height }
  if (turn % 90 === 0) return { width: height, height: width }
  const [cos, sin] = [Math.abs(Math.cos((turn / 180) * Math.PI)), Math.abs(Math.sin((turn / 180) * Math.PI))]
  return { width: Math.ceil(width * cos + height * sin), height: Math.ceil(width * sin + height * cos) }
}

const QUARTERS = { 0: 1, 90: 6, 180: 3, 270: 8 } as const

/** Turns clockwise about the centre into a canvas that holds everything; bilinear on premultiplied values, quarter turns without resampling. */
export function turn(input: Raster, degrees: number, background: string): Raster {
  const angle = normalized(degrees)
  if (angle === 0 || angle === 90 || angle === 180 || angle === 270) return turnUpright(input, QUARTERS[angle])
  const output = createRaster(turnedShape(input, angle))
  const [cos, sin] = [Math.cos((angle / 180) * Math.PI), Math.sin((angle / 180) * Math.PI)]
  const [red, green, blue, alpha] = channels(background)
  const behind = [(red * alpha) / 255, (green * alpha) / 255, (blue * alpha) / 255, alpha] as const
  const pixel = new Float64Array(4)
  for (let y = 0; y < output.height; y++) {
    const down = y + 0.5 - output.height / 2
    for (let x = 0; x < output.width; x++) {
      const across = x + 0.5 - output.width / 2
      // The inverse turn: where this pixel's centre lay in the input, in pixel indices.
      sample(input, across * cos + down * sin + input.width / 2 - 0.5, down * cos - across * sin + input.height / 2 - 0.5, behind, pixel)
      writeStraight(output.data, (y * output.width + x) * 4, pixel)
    }
  }
  return output
}

type Premultiplied = readonly [red: number, green: number, blue: number, alpha: number]

function sample({ width, height, data }: Raster, x: number, y: number, behind: Premultiplied, pixel: Float64Array): void {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [fx, fy] = [x - left, y - top]
  pixel.fill(0)
  for (let corner = 0; corner < 4; corner++) {
    const [cx, cy] = [left + (corner & 1), top + (corner >> 1)]
    const weight = (corner & 1 ? fx : 1 - fx) * (corner >> 1 ? fy : 1 - fy)
    if (weight === 0) continue
    if (cx < 0 || cy < 0 || cx >= width || cy >= height) {
      for (let c = 0; c < 4; c++) pixel[c]! += weight * (behind[c] as number) // four channels
      continue
    }
    const at = (cy * width + cx) * 4
    const alpha = (data[at + 3] as number) * weight // inside
    for (let c = 0; c < 3; c++) pixel[c]! += ((data[at + c] as number) * alpha) / 255
    pixel[3]! += alpha
  }
}

function writeStraight(data: Uint8ClampedArray, at: number, [red = 0, green = 0, blue = 0, alpha = 0]: Float64Array): void {
  if (alpha === 0) return
  data[at] = (red * 255) / alpha
  data[at + 1] = (green * 255) / alpha
  data[at + 2] = (blue * 255) / alpha
  data[at + 3] = alpha
}
