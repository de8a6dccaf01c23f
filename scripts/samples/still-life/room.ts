import { random, smoothstep } from '../noise.ts'

/** The light of the still life: a tall window at the left, a dim warm room, and far lamps that the lens draws as discs. */

/** The window: a rectangle in the plane x = WINDOW.x, seen from inside. */
export const WINDOW = { x: -1.5, low: 0.3, high: 1.3, near: -0.35, far: 0.6 } as const
export const WINDOW_LIGHT = [30, 30.5, 31] as const
export const FILL = [0.2, 0.165, 0.14] as const

/** What a ray that leaves the table sees: the window with its bars, or the room. Linear RGB into `out`. */
export function room(x: number, y: number, z: number, dx: number, dy: number, dz: number, blur: number, out: Float32Array): void {
  const up = 0.5 + 0.5 * dy
  for (let c = 0; c < 3; c++) out[c] = FILL[c]! * (0.35 + 1.1 * up)
  if (dx >= 0) return
  const t = (WINDOW.x - x) / dx
  const wy = y + t * dy
  const wz = z + t * dz
  const soft = 0.02 + blur * t
  const pane = (value: number, low: number, high: number): number =>
    smoothstep(low - soft, low + soft, value) * (1 - smoothstep(high - soft, high + soft, value))
  const middle = (WINDOW.low + WINDOW.high) / 2
  const centre = (WINDOW.near + WINDOW.far) / 2
  const rows = pane(wy, WINDOW.low, middle - 0.035) + pane(wy, middle + 0.035, WINDOW.high)
  const columns = pane(wz, WINDOW.near, centre - 0.03) + pane(wz, centre + 0.03, WINDOW.far)
  for (let c = 0; c < 3; c++) out[c]! += WINDOW_LIGHT[c]! * 0.4 * rows * columns
}

type Lamp = { x: number; y: number; radius: number; r: number; g: number; b: number }

/** Strings of lamps, far behind the table: where each hangs lowest, how far it sags, how large its lamps look, how many it has. */
const STRINGS = [
  { x: -0.16, y: 0.27, sag: 0.55, radius: 0.019, count: 15 },
  { x: 0.3, y: 0.2, sag: 0.42, radius: 0.024, count: 13 },
  { x: -0.42, y: 0.15, sag: 0.36, radius: 0.028, count: 9 },
] as const

/** The lamps' blurred discs. Places and sizes are in picture widths from its middle. */
export function lamps(seed: number): Lamp[] {
  return STRINGS.flatMap(({ x, y, sag, radius, count }, string) =>
    Array.from({ length: count }, (_, n) => {
      const along = ((n + 0.5 * random(n, string, seed)) / count - 0.5) * 1.5
      const warm = random(n, string, seed + 1)
      const power = 0.1 + 0.5 * random(n, string, seed + 2) ** 2.5
      const place = { x: x + along, y: y + sag * along * along + 0.016 * random(n, string, seed + 3) }
      return {
        ...place,
        radius: radius * (0.92 + 0.16 * warm),
        r: 1.55 * power,
        g: (0.72 + 0.3 * warm) * power,
        b: (0.22 + 0.45 * warm * warm) * power,
      }
    }),
  )
}

/** The background at a place of the picture (x from the middle, y up from its middle, in widths). */
export function background(field: readonly Lamp[], x: number, y: number, out: Float32Array): void {
  const glow = Math.exp(-((x - 0.2) ** 2 / 0.12 + (y - 0.2) ** 2 / 0.05))
  const leaf = Math.exp(-((x + 0.32) ** 2 / 0.06 + (y - 0.14) ** 2 / 0.03))
  out[0] = 0.014 + 0.075 * glow + 0.012 * leaf
  out[1] = 0.015 + 0.036 * glow + 0.03 * leaf
  out[2] = 0.016 + 0.016 * glow + 0.016 * leaf
  for (let n = 0; n < field.length; n++) {
    const lamp = field[n]!
    const dx = x - lamp.x
    const dy = y - lamp.y
    const distance = Math.sqrt(dx * dx + dy * dy) / lamp.radius
    if (distance > 1.1) continue
    // A real lens draws a disc with a slightly brighter edge.
    const disc = (1 - smoothstep(0.94, 1.04, distance)) * (0.72 + 0.35 * distance ** 4)
    out[0]! += lamp.r * disc
    out[1]! += lamp.g * disc
    out[2]! += lamp.b * disc
  }
}
