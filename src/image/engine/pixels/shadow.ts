import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { type HeldPicture, heldBytes, holdPicture, type HoldExports } from '../rows/held.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'
import { blur, blurBytes } from './blur.ts'
import type { BlurExports } from './blur-direct.ts'
import { composite, compositeBytes, type CompositeExports, type LayerPixels } from './composite.ts'

export interface Shadow {
  /** Standard deviation in pixels. */
  readonly sigma: number
  /** Of the shadow against the picture. */
  readonly x: number
  readonly y: number
  /** Straight alpha, 0–255; the alpha is that of the shadow of an opaque pixel. */
  readonly colour: readonly [red: number, green: number, blue: number, alpha: number]
}

/** Where the picture lies on the canvas that holds it and its shadow. */
export function shadowFrame({ width, height }: Shape, { sigma, x, y }: Pick<Shadow, 'sigma' | 'x' | 'y'>) {
  const reach = Math.ceil(3 * sigma)
  const [left, top] = [Math.max(0, reach - x), Math.max(0, reach - y)]
  const [right, bottom] = [Math.max(0, reach + x), Math.max(0, reach + y)]
  return { left, top, width: left + width + right, height: top + height + bottom }
}

/** Memory that `castShadow` takes. */
export const shadowBytes = (input: Shape, shadow: Shadow, isOpaque: boolean): number => {
  const { width } = shadowFrame(input, shadow)
  const blurred = shadow.sigma === 0 ? 0 : blurBytes(width, { sigma: shadow.sigma })
  return heldBytes(input, isOpaque) + rowsBytes(width, BAND_ROWS) + blurred + compositeBytes(width)
}

/** The picture over its own blurred silhouette, on a transparent canvas that is as large as both. */
export function castShadow(core: Core<HoldExports & BlurExports & CompositeExports>, input: PixelRows, shadow: Shadow): PixelRows {
  const frame = shadowFrame(input, shadow)
  const hold = holdPicture(core, input)
  const silhouette = silhouetteRows(core, hold.picture, frame, shadow)
  const blurred = shadow.sigma === 0 ? silhouette : blur(core, silhouette, { sigma: shadow.sigma })
  const place = { left: frame.left, top: frame.top, mode: 'over', opacity: 1, isTiled: false } as const
  const drawn = composite(core, blurred, { ...place, pixels: heldLayer(hold.picture) })
  return { ...drawn, isOpaque: false, bands: hold.bands(() => drawn.bands) }
}

function silhouetteRows(core: Core, picture: HeldPicture, frame: ReturnType<typeof shadowFrame>, { x, y, colour }: Shadow): PixelRows {
  const { width, height } = frame
  const target = allocateRows(core, width, BAND_ROWS)
  const [left, top] = [frame.left + x, frame.top + y]
  const [red, green, blue, alpha] = colour
  const draw = (to: number, row: number): void => {
    const pixels = core.bytes().subarray(to, to + width * 4)
    for (let at = 0; at < pixels.length; at += 4) pixels.set([red, green, blue, 0], at)
    if (row < 0 || row >= picture.height) return
    const from = row * picture.width * picture.pixelBytes
    for (let column = 0; column < picture.width; column++) {
      const own = picture.pixelBytes === 3 ? 255 : (picture.bytes[from + column * 4 + 3] as number) // inside the picture
      pixels[(left + column) * 4 + 3] = Math.round((own * alpha) / 255)
    }
  }
  function* bands(): Generator<Band> {
    for (let first = 0; first < height; first += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - first)
      for (let row = 0; row < rows; row++) draw(target.ptr + row * target.stride, first + row - top)
      yield { ...target, rows }
    }
  }
  return { width, height, isOpaque: false, bands: bands() }
}

const heldLayer = (picture: HeldPicture): LayerPixels => ({
  width: picture.width,
  height: picture.height,
  putPixels(x, y, to) {
    const { pixelBytes, bytes } = picture
    let from = (y * picture.width + x) * pixelBytes
    if (pixelBytes === 4) return to.set(bytes.subarray(from, from + to.length))
    for (let at = 0; at < to.length; at += 4, from += 3) {
      to.set(bytes.subarray(from, from + 3), at)
      to[at + 3] = 255
    }
  },
})
