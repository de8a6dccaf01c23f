import { step } from '../../src/image/plan.ts'
import { createRaster, type Raster, type Shape } from '../../src/image/raster.ts'
import { applySteps } from './apply-steps.ts'

/** Pictures of fine detail, drawn by code, that show what a reduction makes of frequencies above what its result can hold. */
export const PATTERNS = ['stripes of 2', 'stripes of 3', 'diagonals of 3', 'zone plate', 'text'] as const
export type Pattern = (typeof PATTERNS)[number]

const TEXT = 'Sphinx of black quartz, judge my vow. 0123456789 (fine print) '

export function drawPattern(pattern: Pattern, shape: Shape): Promise<Raster> | Raster {
  switch (pattern) {
    case 'stripes of 2':
      return drawn(shape, (x) => (x % 2 < 1 ? 0 : 255))
    case 'stripes of 3':
      return drawn(shape, (x) => (x % 3 < 1 ? 0 : 255))
    case 'diagonals of 3':
      return drawn(shape, (x, y) => ((x + y) % 3 < 1 ? 0 : 255))
    case 'zone plate':
      return zonePlate(shape)
    case 'text':
      return finePrint(shape)
  }
}

function drawn(shape: Shape, tone: (x: number, y: number) => number): Raster {
  const raster = createRaster(shape)
  for (let y = 0, at = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++, at += 4) {
      raster.data.fill(tone(x, y), at, at + 3)
      raster.data[at + 3] = 255
    }
  }
  return raster
}

/** Rings whose frequency grows to half a cycle a pixel in the middle of the right edge. */
const zonePlate = ({ width, height }: Shape): Raster =>
  drawn({ width, height }, (x, y) => 127.5 + 127.5 * Math.cos((Math.PI * ((x - width / 2) ** 2 + (y - height / 2) ** 2)) / width))

/** Lines of small print everywhere. */
async function finePrint(shape: Shape): Promise<Raster> {
  const lines = Array.from({ length: 8 }, (_, i) => TEXT.slice(i) + TEXT)
  const print = step('text', { text: lines.join('\n'), size: 12, position: 'top-left' })
  const { width, height, data } = await applySteps(
    drawn({ width: 403, height: 112 }, () => 255),
    [print],
  )
  return drawn(shape, (x, y) => data[((y % height) * width + (x % width)) * 4] as number)
}
