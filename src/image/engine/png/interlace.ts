import type { Shape } from '../../raster.ts'

/** One Adam7 pass: a smaller picture whose pixel (i, j) is pixel (x + i · stepX, y + j · stepY) of the whole. */
export interface Adam7Pass extends Shape {
  readonly x: number
  readonly y: number
  readonly stepX: number
  readonly stepY: number
}

/** PNG §8.2, in the order of the file. */
const PASSES = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
] as const

/** The passes that hold pixels: an empty pass has no bytes in the file, not even filter bytes. */
export const adam7Passes = ({ width, height }: Shape): readonly Adam7Pass[] =>
  PASSES.map((pass) => ({
    ...pass,
    width: Math.ceil((width - pass.x) / pass.stepX),
    height: Math.ceil((height - pass.y) / pass.stepY),
  })).filter((pass) => pass.width > 0 && pass.height > 0)
