/** Straight RGBA, row-major. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** Opaque, half, little and not at all: values that GD's seven bits of alpha keep. */
const ALPHAS = [255, 255, 129, 36, 0]

/** Gradients, a hard edge, a spot and noise: every pixel from arithmetic alone, so that any program can be given the same picture. */
export function syntheticPicture(width: number, height: number, kind: 'opaque' | 'translucent'): Picture {
  const data = new Uint8ClampedArray(width * height * 4)
  let noise = 12_345
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      noise = (noise * 1_103_515_245 + 12_345) % 2_147_483_648
      const grain = (noise >> 16) % 24
      const isSpot = Math.hypot(x - width * 0.7, y - height * 0.4) < height * 0.25
      data[at] = isSpot ? 240 : (x * 255) / (width - 1) / 1.2 + grain
      data[at + 1] = isSpot ? 30 + grain : (y * 200) / (height - 1) + grain
      data[at + 2] = x < width / 3 ? 20 + grain : 200 - (x + y) * 2
      data[at + 3] = kind === 'opaque' ? 255 : (ALPHAS[(x + 2 * y) % ALPHAS.length] ?? 255)
    }
  }
  return { width, height, data }
}
