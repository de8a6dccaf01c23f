import { createRaster, type Raster, type Shape } from '../raster.ts'

/** A picture laid over white: what a hash without alpha sees. */
export function overWhite({ width, height, data }: Raster): Raster {
  const result = new Uint8ClampedArray(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = (data[at + 3] ?? 0) / 255
    for (let channel = 0; channel < 3; channel++) result[at + channel] = 255 + ((data[at + channel] ?? 0) - 255) * alpha
    result[at + 3] = 255
  }
  return { width, height, data: result }
}

/** The means of equal areas of a picture: each pixel counts by the part of it that lies in the area, and its colour by its alpha too. */
export function areaMeans(picture: Raster, { width, height }: Shape): Raster {
  const result = createRaster({ width, height })
  const columns = areasOf(picture.width, width)
  const rows = areasOf(picture.height, height)
  for (const [y, row] of rows.entries())
    for (const [x, column] of columns.entries()) result.data.set(meanOf(picture, row, column), (y * width + x) * 4)
  return result
}

/** Pixels of an area along one side, each with the part of it that lies in the area. */
type Area = readonly { readonly at: number; readonly part: number }[]

function areasOf(pixels: number, areas: number): readonly Area[] {
  return Array.from({ length: areas }, (_, i) => {
    const [from, to] = [(i * pixels) / areas, ((i + 1) * pixels) / areas]
    const first = Math.floor(from)
    return Array.from({ length: Math.min(pixels, Math.ceil(to)) - first }, (_pixel, j) => {
      const at = first + j
      return { at, part: Math.min(to, at + 1) - Math.max(from, at) }
    })
  })
}

function meanOf({ width, data }: Raster, rows: Area, columns: Area): readonly number[] {
  let [red, green, blue, alpha, whole] = [0, 0, 0, 0, 0]
  for (const row of rows)
    for (const column of columns) {
      const at = (row.at * width + column.at) * 4
      const part = row.part * column.part
      const visible = part * (data[at + 3] ?? 0)
      red += visible * (data[at] ?? 0)
      green += visible * (data[at + 1] ?? 0)
      blue += visible * (data[at + 2] ?? 0)
      alpha += visible
      whole += part
    }
  return alpha === 0 ? [0, 0, 0, 0] : [red / alpha, green / alpha, blue / alpha, alpha / whole]
}
