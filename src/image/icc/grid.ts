import type { LookUp } from './look-up.ts'
import { invert, transform, type Triple } from './matrix.ts'
import { D50, SRGB_PRIMARIES, toXyz } from './primaries.ts'
import { encodeSrgb } from './srgb.ts'
import { tableReader } from './table.ts'

/** A lattice of sRGB over the inputs' cube. */
export interface Grid {
  readonly inputs: 3 | 4
  /** Points along each input. */
  readonly points: number
  /** Where each of the 256 levels of each input lies, in points. */
  readonly positions: Float32Array
  /** sRGB at each point, levels of 0 to 255 times `GRID_SCALE`; four numbers of which the last is 0; the last input varies fastest. */
  readonly colours: Int16Array
}

export const GRID_SCALE = 128

/** Points along each of three and four inputs, at most: 287 and 668 kilobytes. */
const MOST_POINTS = { 3: 33, 4: 17 } as const

/** Bytes of the largest grid with its positions. */
export const MAX_GRID_BYTES = 4 * 256 * 8 + 17 ** 4 * 8

/** As many points as the profile's own table has, or a multiple of its cells, so that its points stay exact. */
function pointsOf({ table: { sides }, inputs }: LookUp): number {
  const most = MOST_POINTS[inputs.length === 3 ? 3 : 4]
  const cells = (sides[0] ?? 2) - 1
  const isEven = sides.every((side) => side === sides[0])
  return isEven && cells < most ? Math.floor((most - 1) / cells) * cells + 1 : most
}

/** Bakes a profile's table into one of sRGB. What the profile calls black becomes black. Takes some 70 ms for four inputs. */
export function bakeGrid(lookUp: LookUp, pcs: string): Grid {
  const inputs = lookUp.inputs.length === 3 ? 3 : 4
  const points = pointsOf(lookUp)
  const read = tableReader(lookUp.table)
  const toXyzOfPcs = pcs === 'Lab ' ? xyzOfLab : xyzOfXyz
  const toSrgb = srgbOfXyz(lookUp.black)
  const colours = new Int16Array(points ** inputs * 4)
  const place = new Float64Array(inputs)
  for (let i = 0; i < points ** inputs; i++) {
    for (let input = inputs - 1, rest = i; input >= 0; input--, rest = Math.floor(rest / points))
      place[input] = (rest % points) / (points - 1)
    colours.set(toSrgb(toXyzOfPcs(lookUp.finish(read(place)))), i * 4)
  }
  const positions = Float32Array.from({ length: inputs * 256 }, (_, i) => {
    const position = lookUp.inputs[i >> 8]?.((i & 255) / 255) ?? 0
    return Math.min(1, Math.max(0, position)) * (points - 1)
  })
  return { inputs, points, positions, colours }
}

/** CIE 15:2004 §8.2.1, backwards. */
function xyzOfLab([l, a, b]: Triple): Triple {
  const fy = (l * 100 + 16) / 116
  const linear = (f: number): number => (f > 6 / 29 ? f ** 3 : (f - 4 / 29) * 3 * (6 / 29) ** 2)
  return [D50[0] * linear(fy + (a * 255 - 128) / 500), linear(fy), D50[2] * linear(fy - (b * 255 - 128) / 200)]
}

const xyzOfXyz = ([x, y, z]: Triple): Triple => {
  const scale = 1 + 32767 / 32768
  return [x * scale, y * scale, z * scale]
}

function srgbOfXyz(black: Triple): (xyz: Triple) => readonly [number, number, number, 0] {
  const srgb = toXyz(SRGB_PRIMARIES)
  const fromXyz = srgb && invert(srgb)
  if (!fromXyz) throw new Error('the primaries of sRGB span a space')
  const lit = (value: number, i: 0 | 1 | 2): number => ((value - black[i]) * D50[i]) / (D50[i] - black[i])
  const level = (light: number): number => Math.round(255 * GRID_SCALE * encodeSrgb(Math.min(1, Math.max(0, light))))
  return ([x, y, z]) => {
    const [r, g, b] = transform(fromXyz, [lit(x, 0), lit(y, 1), lit(z, 2)])
    return [level(r), level(g), level(b), 0]
  }
}

/**
 * Bytes for the core's kernel: for each input 256 × (offset in bytes of the point before the level, u32; share of the next point, f32), then the
 * colours.
 */
export function gridBytes({ inputs, points, positions, colours }: Grid): Uint8Array {
  const bytes = new Uint8Array(inputs * 256 * 8 + colours.byteLength)
  const view = new DataView(bytes.buffer)
  positions.forEach((position, i) => {
    const before = Math.min(Math.floor(position), points - 2)
    view.setUint32(i * 8, before * points ** (inputs - 1 - (i >> 8)) * 8, true)
    view.setFloat32(i * 8 + 4, position - before, true)
  })
  bytes.set(new Uint8Array(colours.buffer, colours.byteOffset, colours.byteLength), inputs * 256 * 8)
  return bytes
}

/** One colour by the grid, linear along each input. The definition that the core's kernels are held to. */
export function convertByGrid({ inputs, points, positions, colours }: Grid, levels: readonly number[]): Triple {
  const value = (input: number, at: number, i: number): number => {
    if (input === inputs) return (colours[at * 4 + i] ?? 0) / GRID_SCALE
    const position = positions[input * 256 + (levels[input] ?? 0)] ?? 0
    const before = Math.min(Math.floor(position), points - 2)
    const near = value(input + 1, at * points + before, i)
    return near + (value(input + 1, at * points + before + 1, i) - near) * (position - before)
  }
  const level = (i: number): number => Math.round(value(0, 0, i))
  return [level(0), level(1), level(2)]
}
