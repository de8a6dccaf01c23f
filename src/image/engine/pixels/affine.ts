import { type AffineMap, type Interpolation } from '../../definitions/affine.ts'
import type { Orientation } from '../../orientation.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { heldBytes, type HeldPicture, type HoldExports, holdPicture } from '../rows/held.ts'
import { allocateRows, NO_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'
import type { Band } from '../plane-stream.ts'

export interface AffineExports extends HoldExports {
  toPremultipliedFloats(from: number, to: number, pixels: number): void
  sampleRow(
    window: number,
    stride: number,
    u: number,
    v: number,
    du: number,
    dv: number,
    to: number,
    pixels: number,
    isBicubic: number,
  ): void
}

/** Output is made in tiles, so that the part of the source that one needs is small. */
const TILE_WIDTH = 192
const TILE_HEIGHT = 96
const GROUP_BYTES = 16
const SLACK = 64
/** Pixels of the window before the first whole sample position, and behind the last. */
const BEFORE = 1
const BEHIND = 2

interface Window {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Memory that `affine` takes for maps that do not shrink, to a result of this width. */
export const affineBytes = (input: Shape, width: number, isOpaque: boolean): number =>
  heldBytes(input, isOpaque) + rowsBytes(width, TILE_HEIGHT) + (TILE_WIDTH + TILE_HEIGHT) ** 2 * GROUP_BYTES + 65_536

/**
 * Shows a picture through an affine map; `test/image/definitions/affine.ts`, within one level of it. The whole input is held, for its rows are read in any order. Maps that shrink show single pixels: resize first. @throws AppError `too_many_pixels`.
 */
export function affine(core: Core<AffineExports>, input: PixelRows, map: AffineMap): PixelRows {
  const { width, height } = map
  const target = allocateRows(core, width, Math.min(TILE_HEIGHT, height))
  const { picture: held, bands } = holdPicture(core, input)
  function* tiles(): Generator<Band> {
    for (let top = 0; top < height; top += TILE_HEIGHT) {
      const rows = Math.min(TILE_HEIGHT, height - top)
      for (let left = 0; left < width; left += TILE_WIDTH) {
        const tile = { x: left, y: top, width: Math.min(TILE_WIDTH, width - left), height: rows }
        drawTile(core, held, map, tile, { ...target, ptr: target.ptr + left * 4 })
        yield NO_ROWS
      }
      yield { ...target, rows }
    }
  }
  return { width, height, isOpaque: false, bands: bands(tiles) }
}

function drawTile(
  core: Core<AffineExports>,
  input: HeldPicture,
  map: AffineMap,
  tile: Window,
  target: { readonly ptr: number; readonly stride: number },
): void {
  const [a, b, c, d, e, f] = map.matrix
  const window = sourceWindow(map.matrix, tile)
  const mark = core.mark()
  const floats = loadWindow(core, input, window, map.background)
  const origin = floats + (BEFORE * window.width + BEFORE) * GROUP_BYTES
  for (let row = 0; row < tile.height; row++) {
    const y = tile.y + row
    const u = a * tile.x + b * y + c - window.x - BEFORE
    const v = d * tile.x + e * y + f - window.y - BEFORE
    const to = target.ptr + row * target.stride
    core.exports.sampleRow(origin, window.width, u, v, a, d, to, tile.width, map.interpolation === 'bicubic' ? 1 : 0)
  }
  core.release(mark)
}

/** The source pixels that a tile's samples touch, some of them perhaps outside the source. */
function sourceWindow([a, b, c, d, e, f]: AffineMap['matrix'], { x, y, width, height }: Window): Window {
  const [right, bottom] = [x + width - 1, y + height - 1]
  const us = [a * x + b * y, a * right + b * y, a * x + b * bottom, a * right + b * bottom].map((value) => Math.floor(value + c))
  const vs = [d * x + e * y, d * right + e * y, d * x + e * bottom, d * right + e * bottom].map((value) => Math.floor(value + f))
  // One more on every side: a sample that rounding puts beyond the corners still lies inside.
  const [left, top] = [Math.min(...us) - BEFORE - 1, Math.min(...vs) - BEFORE - 1]
  return { x: left, y: top, width: Math.max(...us) + BEHIND + 2 - left, height: Math.max(...vs) + BEHIND + 2 - top }
}

/** The window's pixels as premultiplied floats, the background where there is no source. */
function loadWindow(core: Core<AffineExports>, input: HeldPicture, window: Window, background: AffineMap['background']): number {
  const floats = core.alloc(window.width * window.height * GROUP_BYTES + SLACK)
  const at = core.alloc(window.width * 4 + SLACK)
  const colour = new Uint32Array(Uint8Array.from(background).buffer)[0] ?? 0
  const row = new Uint32Array(core.exports.memory.buffer, at, window.width)
  const [first, last] = [Math.max(0, window.x), Math.min(input.width, window.x + window.width)]
  for (let y = 0; y < window.height; y++) {
    const v = window.y + y
    const isInside = v >= 0 && v < input.height && first < last
    if (!isInside || last - first < window.width) row.fill(colour)
    if (isInside) input.putPixels(first, v, last - first, at + (first - window.x) * 4)
    core.exports.toPremultipliedFloats(at, floats + y * window.width * GROUP_BYTES, window.width)
  }
  return floats
}

export interface Rotation {
  /** Clockwise; any number. */
  readonly degrees: number
  /** Of the new corners; straight alpha, 0–255. */
  readonly background: AffineMap['background']
  readonly interpolation?: Interpolation
}

/** The canvas that a turned picture needs. ceil(|W cos| + |H sin|) × ceil(|W sin| + |H cos|); a billionth is rounding. */
export function rotatedShape(
  { width, height }: { readonly width: number; readonly height: number },
  degrees: number,
): { width: number; height: number } {
  const [cos, sin] = turn(degrees).map(Math.abs) as [number, number] // of a pair
  return { width: Math.ceil(width * cos + height * sin - 1e-9), height: Math.ceil(width * sin + height * cos - 1e-9) }
}

/** The orientation that turns clockwise by a multiple of 90 degrees; `null` for every other angle. */
export function rightAngleTurn(degrees: number): Orientation | null {
  const quarters = (((degrees / 90) % 4) + 4) % 4
  return ([1, 6, 3, 8] as const)[quarters] ?? null
}

/** Turns clockwise about the centre, on a canvas that holds all of it. */
export function rotate(
  core: Core<AffineExports>,
  input: PixelRows,
  { degrees, background, interpolation = 'bicubic' }: Rotation,
): PixelRows {
  const shape = rotatedShape(input, degrees)
  const [cos, sin] = turn(degrees)
  const [x, y] = [(shape.width - 1) / 2, (shape.height - 1) / 2]
  const c = (input.width - 1) / 2 - cos * x - sin * y
  const f = (input.height - 1) / 2 + sin * x - cos * y
  return affine(core, input, { ...shape, matrix: [cos, sin, c, -sin, cos, f], background, interpolation })
}

/** Cosine and sine, exact at multiples of 90 degrees. */
function turn(degrees: number): readonly [cos: number, sin: number] {
  const quarters = (((degrees / 90) % 4) + 4) % 4
  if (Number.isInteger(quarters)) return [[1, 0, -1, 0][quarters] ?? 1, [0, 1, 0, -1][quarters] ?? 0]
  return [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
}
