import { createRaster, type Raster } from './raster.ts'

/** A colour in CIE L*a*b* (D65): lightness 0–100, a green to red, b blue to yellow. */
export interface Lab {
  l: number
  a: number
  b: number
}

// sRGB to XYZ and back (IEC 61966-2-1), scaled so that white is 1, 1, 1: the D65 white point is in the rows.
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const v = value / 255
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
})
const STEPS = 16_384
const ENCODED = Float64Array.from({ length: STEPS + 1 }, (_, step) => {
  const v = step / STEPS
  return 255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055)
})
const [WHITE_X, WHITE_Z] = [0.95047, 1.08883]
const EPSILON = 216 / 24_389
const KAPPA = 24_389 / 27

const compress = (t: number): number => (t > EPSILON ? Math.cbrt(t) : (KAPPA * t + 16) / 116)
const expand = (f: number): number => (f ** 3 > EPSILON ? f ** 3 : (116 * f - 16) / KAPPA)
const encode = (linear: number): number => ENCODED[Math.round(Math.min(1, Math.max(0, linear)) * STEPS)] as number // 0 … STEPS

/** The level, 0–255, of the grey that is as bright as an sRGB colour: of equal luminance Y. */
export const greyOf = (red: number, green: number, blue: number): number =>
  Math.round(encode(0.2126729 * (LINEAR[red] as number) + 0.7151522 * (LINEAR[green] as number) + 0.072175 * (LINEAR[blue] as number))) // bytes

/** Reads an sRGB colour, 0–255 a channel, into `lab`. */
export function toLab(red: number, green: number, blue: number, lab: Lab): void {
  const [r, g, b] = [LINEAR[red] as number, LINEAR[green] as number, LINEAR[blue] as number] // bytes
  const x = compress((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_X)
  const y = compress(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = compress((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_Z)
  lab.l = 116 * y - 16
  lab.a = 500 * (x - y)
  lab.b = 200 * (y - z)
}

/** Writes a colour to `data[at … at + 2]`, clamped to what sRGB can show. */
export function fromLab({ l, a, b }: Lab, data: Uint8ClampedArray, at: number): void {
  const fy = (l + 16) / 116
  const x = expand(fy + a / 500) * WHITE_X
  const y = expand(fy)
  const z = expand(fy - b / 200) * WHITE_Z
  data[at] = encode(3.2404542 * x - 1.5371385 * y - 0.4985314 * z)
  data[at + 1] = encode(-0.969266 * x + 1.8760108 * y + 0.041556 * z)
  data[at + 2] = encode(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)
}

/** Changes the colour of every pixel in L*a*b*; alpha stays. `change` works on the one `lab` that it is given. */
export function mapLab({ width, height, data }: Raster, change: (lab: Lab) => void): Raster {
  const output = createRaster({ width, height })
  const lab: Lab = { l: 0, a: 0, b: 0 }
  for (let i = 0; i < data.length; i += 4) {
    toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab) // i stays below the length
    change(lab)
    fromLab(lab, output.data, i)
    output.data[i + 3] = data[i + 3] as number
  }
  return output
}
