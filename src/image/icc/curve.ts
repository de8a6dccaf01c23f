import { signatureAt, viewOf } from './profile.ts'

/** What the 256 levels of a channel stand for in linear light, 0 to 1 each. */
export type Levels = Float64Array

/** A value from a value, both 0 to 1 as a rule; not clamped. */
export type Curve = (value: number) => number

/** A curve at the 256 levels, clamped. `null` when it has no number somewhere. */
export function levelsOf(curve: Curve): Levels | null {
  const levels = Float64Array.from({ length: 256 }, (_, level) => Math.min(1, Math.max(0, curve(level / 255))))
  return levels.some(Number.isNaN) ? null : levels
}

/** A curve at the beginning of `tag`, `curv` (ICC.1:2022 §10.6) or `para` (§10.18), and its size in bytes. `null` when it is damaged or of another type. */
export function readCurve(tag: Uint8Array): { readonly curve: Curve; readonly bytes: number } | null {
  if (tag.length < 12) return null
  const type = signatureAt(tag, 0)
  return type === 'curv' ? sampledCurve(tag) : type === 'para' ? parametricCurve(tag) : null
}

function sampledCurve(tag: Uint8Array): ReturnType<typeof readCurve> {
  const view = viewOf(tag)
  const count = view.getUint32(8)
  const bytes = 12 + count * 2
  if (bytes > tag.length) return null
  if (count === 0) return { curve: (value) => value, bytes }
  if (count === 1) {
    const gamma = view.getUint16(12) / 256
    return { curve: (value) => value ** gamma, bytes }
  }
  const samples = Uint16Array.from({ length: count }, (_, i) => view.getUint16(12 + i * 2))
  return { curve: throughSamples(samples, 65535), bytes }
}

/** Linear between two or more samples of up to `most`, which lie evenly over 0 to 1. Values beyond are taken to the end. */
export function throughSamples(samples: Float64Array | Uint16Array, most = 1): Curve {
  const last = samples.length - 1
  return (value) => {
    const at = Math.min(1, Math.max(0, value)) * last
    const below = Math.min(Math.floor(at), last - 1)
    const from = samples[below] ?? 0
    return (from + ((samples[below + 1] ?? 0) - from) * (at - below)) / most
  }
}

/** Parameters of each function type. */
const PARAMETERS = [1, 3, 4, 5, 7]

/** §10.18, table 68: a power above a break, a line below. */
function parametricCurve(tag: Uint8Array): ReturnType<typeof readCurve> {
  const view = viewOf(tag)
  const type = view.getUint16(8)
  const count = PARAMETERS[type]
  if (count === undefined || 12 + count * 4 > tag.length) return null
  return { curve: powerAndLine(type, view, count), bytes: 12 + count * 4 }
}

function powerAndLine(type: number, view: DataView, count: number): Curve {
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) => view.getInt32(12 + i * 4) / 65536)
  const power: Curve = (level) => Math.max(0, a * level + b) ** g
  if (type === 0) return (level) => level ** g
  if (type === 1) return (level) => (a * level + b >= 0 ? power(level) : 0)
  if (type === 2) return (level) => (a * level + b >= 0 ? power(level) + c : c)
  return (level) => (level >= d ? power(level) + e : c * level + f)
}
