/** A colour in CIE L*a*b* (D65): lightness 0–100, a green to red, b blue to yellow. */
export interface Lab {
  l: number
  a: number
  b: number
}

/** Conversions between 8-bit sRGB (IEC 61966-2-1) and L*a*b*. */
export interface LabSpace {
  /** Reads a colour, 0–255 a channel, into `lab`. */
  toLab(red: number, green: number, blue: number, lab: Lab): void
  /** Writes a colour to `data[at … at + 2]`, clamped to what sRGB can show. */
  fromLab(lab: Lab, data: Uint8ClampedArray, at: number): void
  /** L* of a colour. */
  lightnessOf(red: number, green: number, blue: number): number
  /** The level, 0–255, of the grey that is as bright as a colour: of equal luminance Y. */
  greyOf(red: number, green: number, blue: number): number
  /** The light, 0–1, of each of the 256 levels. */
  readonly linear: Float64Array
  /** The level, 0–255, of each light from 0 to 1 in steps of 1/16,384. */
  readonly levels: Uint8ClampedArray
}

/** A change of colour as sharp's `modulate`: the lightness by a factor and an addend, the chroma by a factor and a turn. */
export interface LabChange {
  /** L* is multiplied by `brightness`, then `lightness` is added. */
  readonly brightness: number
  readonly lightness: number
  /** Multiplies the chroma. */
  readonly saturation: number
  /** Degrees. */
  readonly hue: number
}

const LINEAR_STEPS = 16_384
const ROOT_STEPS = 4096
const [WHITE_X, WHITE_Z] = [0.95047, 1.08883]
const EPSILON = 216 / 24_389
const KAPPA = 24_389 / 27

let space: LabSpace | null = null

/** The tables are made when they are first used: a start pays nothing for them. */
export const labSpace = (): LabSpace => (space ??= createLabSpace())

function createLabSpace(): LabSpace {
  const linear = Float64Array.from({ length: 256 }, (_, level) =>
    level <= 10 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4,
  )
  const levels = Uint8ClampedArray.from({ length: LINEAR_STEPS + 1 }, (_, step) => levelOf(step / LINEAR_STEPS))
  // One entry more than there are steps, for the interpolation at 1; XYZ of sRGB is never above it.
  const roots = Float64Array.from({ length: ROOT_STEPS + 2 }, (_, step) => rootOf(step / ROOT_STEPS))

  const root = (t: number): number => {
    const position = t * ROOT_STEPS
    const step = position | 0
    const low = roots[step] as number // 0 … ROOT_STEPS
    return low + ((roots[step + 1] as number) - low) * (position - step)
  }
  const encode = (t: number): number => (t <= 0 ? 0 : t >= 1 ? 255 : (levels[(t * LINEAR_STEPS + 0.5) | 0] as number)) // 0 … LINEAR_STEPS
  const luminance = (red: number, green: number, blue: number): number =>
    0.2126729 * (linear[red] as number) + 0.7151522 * (linear[green] as number) + 0.0721749 * (linear[blue] as number) // bytes

  return {
    toLab(red, green, blue, lab) {
      const r = linear[red] as number // bytes, all three
      const g = linear[green] as number
      const b = linear[blue] as number
      const x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_X)
      const y = root(luminance(red, green, blue))
      const z = root((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_Z)
      lab.l = 116 * y - 16
      lab.a = 500 * (x - y)
      lab.b = 200 * (y - z)
    },
    fromLab({ l, a, b }, data, at) {
      const fy = (l + 16) / 116
      const x = cubeOf(fy + a / 500) * WHITE_X
      const y = cubeOf(fy)
      const z = cubeOf(fy - b / 200) * WHITE_Z
      data[at] = encode(3.2404542 * x - 1.5371385 * y - 0.4985314 * z)
      data[at + 1] = encode(-0.969266 * x + 1.8760108 * y + 0.041556 * z)
      data[at + 2] = encode(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)
    },
    lightnessOf: (red, green, blue) => 116 * root(luminance(red, green, blue)) - 16,
    greyOf: (red, green, blue) => encode(luminance(red, green, blue)),
    linear,
    levels,
  }
}

const levelOf = (linear: number): number => 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055)
const rootOf = (t: number): number => (t > EPSILON ? Math.cbrt(t) : (KAPPA * t + 16) / 116)

function cubeOf(f: number): number {
  const cube = f * f * f
  return cube > EPSILON ? cube : (116 * f - 16) / KAPPA
}

/** The turn of the chroma as a complex factor: `[real, imaginary]`. */
export function chromaFactor({ saturation, hue }: LabChange): readonly [number, number] {
  const angle = (hue / 180) * Math.PI
  return [Math.cos(angle) * saturation, Math.sin(angle) * saturation]
}
