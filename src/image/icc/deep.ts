// Tables by which samples of 16 bits become sRGB of 8: nothing is rounded before the colours are converted.
import type { Conversion } from './conversion.ts'
import type { Curve } from './curve.ts'
import { type Grid, GRID_SCALE } from './grid.ts'
import type { Triple } from './matrix.ts'
import { levelOf, levelsByRoot } from './srgb.ts'

/** Values of a sample. */
const SAMPLES = 65_536
/** Bytes of what a channel's samples stand for, a float each. */
const CURVE_BYTES = 4 * SAMPLES
/** Of the matrix, four floats a channel, and the levels by the root of light. */
const MATRIX_BYTES = 48
const LEVELS_BYTES = 4112

/** Where the parts of the tables lie, from their start on. */
interface Layout {
  /** Of what stands before the curves. */
  readonly curvesAt: number
  /** From a channel's curve to the next one's; 0 where all share one. */
  readonly apart: number
  readonly bytes: number
}

const curvesOf = (conversion: Conversion): readonly Curve[] => (conversion.kind === 'gray' ? [conversion.curve] : conversion.curves)

/** `grid`: that of a conversion by a grid. */
export function deepLayout(conversion: Conversion, grid: Grid | null): Layout {
  const curves = curvesOf(conversion)
  const isShared = conversion.kind !== 'grid' && curves.every((curve) => curve === curves[0])
  const curvesAt = grid ? grid.colours.byteLength : MATRIX_BYTES + LEVELS_BYTES
  return { curvesAt, apart: isShared ? 0 : CURVE_BYTES, bytes: curvesAt + (isShared ? 1 : curves.length) * CURVE_BYTES }
}

/** Upper bound of the bytes of such tables for three channels; for four inks. */
export const MAX_DEEP_BYTES = { 3: 3 * CURVE_BYTES + 33 ** 3 * 8, 4: 4 * CURVE_BYTES + 17 ** 4 * 8 } as const

/** Linear sRGB of a whole channel's light. */
const columnsOf = (conversion: Conversion): readonly Triple[] =>
  conversion.kind === 'rgb' ? conversion.columns : [[1, 1, 1] as const, [0, 0, 0] as const, [0, 0, 0] as const]

/** Writes the tables for the core's kernels to the start of `to`: a matrix and levels, or a grid's colours; then the curves, in light, or in points of the grid. */
export function writeDeepTables(conversion: Conversion, grid: Grid | null, to: Uint8Array): void {
  const { curvesAt, apart } = deepLayout(conversion, grid)
  if (grid) to.set(new Uint8Array(grid.colours.buffer, grid.colours.byteOffset, grid.colours.byteLength))
  else {
    const matrix = Float32Array.from(columnsOf(conversion).flatMap((column) => [...column, 0]))
    to.set(new Uint8Array(matrix.buffer))
    to.set(levelsByRoot(), MATRIX_BYTES)
  }
  const scale = grid ? grid.points - 1 : 1
  const curves = curvesOf(conversion)
  for (const [i, curve] of (apart === 0 ? curves.slice(0, 1) : curves).entries()) {
    const values = new Float32Array(to.buffer, to.byteOffset + curvesAt + i * CURVE_BYTES, SAMPLES)
    for (let sample = 0; sample < SAMPLES; sample++) values[sample] = scale * Math.min(1, Math.max(0, curve(sample / (SAMPLES - 1)) || 0))
  }
}

/** One colour of 0 to 1 a channel, by curves and a matrix: the definition that the core's kernel is held to. */
export function convertDeepColour(conversion: Exclude<Conversion, { readonly kind: 'grid' }>, colour: Triple): Triple {
  const columns = columnsOf(conversion)
  const curves = curvesOf(conversion)
  const light = (i: 0 | 1 | 2): number =>
    colour.reduce((sum, value, c) => sum + (columns[c]?.[i] ?? 0) * Math.min(1, Math.max(0, (curves[c] ?? curves[0])?.(value) ?? 0)), 0)
  return [levelOf(light(0)), levelOf(light(1)), levelOf(light(2))]
}

/** The same by a grid, linear along each input. */
export function convertDeepByGrid({ points, colours }: Grid, curves: readonly Curve[], values: readonly number[]): Triple {
  const value = (input: number, at: number, i: number): number => {
    if (input === curves.length) return (colours[at * 4 + i] ?? 0) / GRID_SCALE
    const position = Math.min(1, Math.max(0, curves[input]?.(values[input] ?? 0) ?? 0)) * (points - 1)
    const before = Math.min(Math.floor(position), points - 2)
    const near = value(input + 1, at * points + before, i)
    return near + (value(input + 1, at * points + before + 1, i) - near) * (position - before)
  }
  const level = (i: number): number => Math.round(value(0, 0, i))
  return [level(0), level(1), level(2)]
}
