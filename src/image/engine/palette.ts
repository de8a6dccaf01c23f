export interface Palette {
  /** RGBA pixels as they lie in memory. */
  readonly colours: Uint32Array
  /** Writes the index of each pixel. */
  indices(pixels: Uint32Array, to: Uint8Array): void
  /** Writes the indices of `pixels`, `8 / depth` to a byte, leftmost in the high bits. */
  pack(pixels: Uint32Array, depth: number, to: Uint8Array): void
}

const MOST_COLOURS = 256
/** Cells of the hash table: four for each colour. */
const CELLS = 1024

/** Puts colours in order, which are given in that in which they were found. */
export type ColourOrder = (colours: readonly number[]) => readonly number[]

/** Those that are not opaque come first, so that PNG's tRNS is short (PNG §11.3.2.1). */
const transparentFirst: ColourOrder = (colours) => {
  const alphaOf = (pixel: number): number => pixel >>> 24
  return colours.filter((pixel) => alphaOf(pixel) < 255).concat(colours.filter((pixel) => alphaOf(pixel) === 255))
}

/** Collects the colours of a picture, row by row. */
export interface ColourCollector {
  /** False when there are more than 256: then nothing more is collected. */
  readonly fits: boolean
  add(pixels: Uint32Array): void
  /** The palette of all that was added, or `null` when it does not fit. */
  palette(order?: ColourOrder): Palette | null
}

export function createColourCollector(): ColourCollector {
  const keys = new Uint32Array(CELLS)
  const indices = new Int16Array(CELLS).fill(-1)
  const found: number[] = []
  const cellOf = (pixel: number): number => {
    let cell = Math.imul(pixel, 0x9e3779b1) >>> 22
    while ((indices[cell] as number) >= 0 && keys[cell] !== pixel) cell = (cell + 1) % CELLS // never full: a quarter at most
    return cell
  }
  let last = -1
  let fits = true
  return {
    get fits() {
      return fits
    },
    add(pixels) {
      for (const pixel of pixels) {
        if (pixel === last) continue
        last = pixel
        const cell = cellOf(pixel)
        if ((indices[cell] as number) >= 0) continue
        if (found.length === MOST_COLOURS) {
          fits = false
          return
        }
        keys[cell] = pixel
        indices[cell] = found.length
        found.push(pixel)
      }
    },
    palette(order = transparentFirst) {
      if (!fits) return null
      const colours = Uint32Array.from(order(found))
      colours.forEach((pixel, index) => (indices[cellOf(pixel)] = index))
      return {
        colours,
        indices(pixels, to) {
          let [last, index] = [pixels[0] as number, indices[cellOf(pixels[0] as number)] as number]
          for (let i = 0; i < pixels.length; i++) {
            const pixel = pixels[i] as number
            if (pixel !== last) [last, index] = [pixel, indices[cellOf(pixel)] as number] // every pixel was found
            to[i] = index
          }
        },
        pack(pixels, depth, to) {
          const perByte = 8 / depth
          to.fill(0)
          for (let i = 0; i < pixels.length; i++) {
            const index = indices[cellOf(pixels[i] as number)] as number // every pixel was found
            const at = Math.floor(i / perByte)
            to[at] = (to[at] as number) | (index << (8 - depth * (1 + (i % perByte))))
          }
        },
      }
    },
  }
}
