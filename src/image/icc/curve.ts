import { signatureAt, viewOf } from './profile.ts'

/** What the 256 levels of a channel stand for in linear light, 0 to 1 each. */
export type Levels = Float64Array

/** Linear light of a level, both 0 to 1; not clamped. */
type Curve = (level: number) => number

/** A curve at the 256 levels, clamped. `null` when it has no number somewhere. */
export function levelsOf(curve: Curve): Levels | null {
  const levels = Float64Array.from({ length: 256 }, (_, level) => Math.min(1, Math.max(0, curve(level / 255))))
  return levels.some(Number.isNaN) ? null : levels
}

/** A tone reproduction curve: `curv` (ICC.1:2022 §10.6) or `para` (§10.18). `null` when it is damaged or of another type. */
export function readCurve(tag: Uint8Array | null): Levels | null {
  if (tag === null || tag.length < 12) return null
  const type = signatureAt(tag, 0)
  const curve = type === 'curv' ? sampledCurve(tag) : type === 'para' ? parametricCurve(tag) : null
  return curve && levelsOf(curve)
}

function sampledCurve(tag: Uint8Array): Curve | null {
  const view = viewOf(tag)
  const count = view.getUint32(8)
  if (count === 0) return (level) => level
  if (12 + count * 2 > tag.length) return null
  if (count === 1) {
    const gamma = view.getUint16(12) / 256
    return (level) => level ** gamma
  }
  return (level) => {
    const at = level * (count - 1)
    const below = Math.min(Math.floor(at), count - 2)
    const [from, to] = [view.getUint16(12 + below * 2), view.getUint16(14 + below * 2)]
    return (from + (to - from) * (at - below)) / 65535
  }
}

/** Parameters of each function type. */
const PARAMETERS = [1, 3, 4, 5, 7]

/** §10.18, table 68: a power above a break, a line below. */
function parametricCurve(tag: Uint8Array): Curve | null {
  const view = viewOf(tag)
  const type = view.getUint16(8)
  const count = PARAMETERS[type]
  if (count === undefined || 12 + count * 4 > tag.length) return null
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) => view.getInt32(12 + i * 4) / 65536)
  const power: Curve = (level) => Math.max(0, a * level + b) ** g
  if (type === 0) return (level) => level ** g
  if (type === 1) return (level) => (a * level + b >= 0 ? power(level) : 0)
  if (type === 2) return (level) => (a * level + b >= 0 ? power(level) + c : c)
  return (level) => (level >= d ? power(level) + e : c * level + f)
}
