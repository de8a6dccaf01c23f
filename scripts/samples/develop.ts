import { grainRow } from './film-grain.ts'

/** Filmic curve (Hable's shoulder and toe): linear light to display-linear 0..1, with soft highlights. */
function filmic(light: number): number {
  const curve = (v: number): number => (v * (0.24 * v + 0.022) + 0.0012) / (v * (0.24 * v + 0.3) + 0.06) - 0.0012 / 0.06
  return curve(light) / curve(11.2)
}

const STEPS = 4096
/** Luminance of linear sRGB (ITU-R BT.709), and how much the film deepens colours against it. */
const LUMA = [0.2126, 0.7152, 0.0722] as const
const VIVID = 1.16

/** Tone curve and sRGB transfer in one table over the square root of light, which spends the steps where the eye does. */
function toneTable(exposure: number): Float32Array {
  return Float32Array.from({ length: STEPS + 2 }, (_, i) => {
    const light = (i / STEPS) ** 2 * 16
    const shown = Math.min(1, Math.max(0, filmic(light * exposure)))
    return 255 * (shown <= 0.0031308 ? 12.92 * shown : 1.055 * shown ** (1 / 2.4) - 0.055)
  })
}

export type Negative = { readonly width: number; readonly height: number; readonly light: Float32Array }

/** Turns linear light into 8-bit sRGB: lens fall-off to the corners, exposure, tone curve, and film grain that also dithers. */
export function develop(negative: Negative, exposure: number, grain: number, seed: number): Uint8Array {
  const { width, height, light } = negative
  const pixels = new Uint8ClampedArray(width * height * 3)
  const tone = toneTable(exposure)
  const noise = new Float32Array(width)
  for (let y = 0; y < height; y++) {
    grainRow(noise, y, seed)
    const down = (2 * y) / height - 1
    for (let x = 0, i = y * width * 3; x < width; x++, i += 3) {
      const right = (2 * x) / width - 1
      const fallOff = 1 - 0.11 * (right * right + down * down)
      const gray = LUMA[0] * light[i]! + LUMA[1] * light[i + 1]! + LUMA[2] * light[i + 2]!
      const r = shown(tone, (gray + VIVID * (light[i]! - gray)) * fallOff)
      const g = shown(tone, (gray + VIVID * (light[i + 1]! - gray)) * fallOff)
      const b = shown(tone, (gray + VIVID * (light[i + 2]! - gray)) * fallOff)
      const luma = 0.299 * r + 0.587 * g + 0.114 * b
      const speck = noise[x]! * grain * (0.35 + (luma * (255 - luma)) / 25_000)
      pixels[i] = r + speck
      pixels[i + 1] = g + speck
      pixels[i + 2] = b + speck
    }
  }
  return new Uint8Array(pixels.buffer)
}

function shown(tone: Float32Array, light: number): number {
  const place = Math.sqrt(Math.min(16, Math.max(0, light)) / 16) * STEPS
  const i = place | 0
  return tone[i]! + (tone[i + 1]! - tone[i]!) * (place - i)
}
