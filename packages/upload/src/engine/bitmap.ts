/** What a worker has of the canvas; the types of Workers leave it out. */
interface Web {
  createImageBitmap?(file: Blob): Promise<{ readonly width: number; readonly height: number; close(): void }>
  readonly OffscreenCanvas?: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: '2d'): {
      drawImage(image: unknown, x: number, y: number): void
      getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray }
    } | null
  }
}

const HEADER_BYTES = 54
/** Rows that are read from the canvas at once. */
const BAND_ROWS = 256

/**
 * A picture as the browser decodes it, upright and opaque, as a BMP of 24 bits: what the engine reads without loss. `null` when the browser does not know it either, or
 * it has more pixels than that.
 */
export async function decodeByBrowser(file: Blob, maxPixels: number): Promise<Uint8Array | null> {
  const { createImageBitmap, OffscreenCanvas } = globalThis as unknown as Web
  if (!createImageBitmap || !OffscreenCanvas) return null
  const image = await createImageBitmap(file).catch(() => null)
  if (!image) return null
  try {
    const { width, height } = image
    const canvas = width * height > maxPixels ? null : new OffscreenCanvas(width, Math.min(height, BAND_ROWS)).getContext('2d')
    if (!canvas) return null
    return bmpOf(width, height, (top, rows) => {
      canvas.drawImage(image, 0, -top)
      return canvas.getImageData(0, 0, width, rows).data
    })
  } finally {
    image.close()
  }
}

/** A BMP (BITMAPINFOHEADER) of RGBA that is read in bands from the top. */
export function bmpOf(width: number, height: number, read: (top: number, rows: number) => Uint8ClampedArray): Uint8Array {
  const stride = (3 * width + 3) & ~3
  const bytes = new Uint8Array(HEADER_BYTES + stride * height)
  const view = new DataView(bytes.buffer)
  bytes.set([0x42, 0x4d])
  view.setUint32(2, bytes.length, true)
  view.setUint32(10, HEADER_BYTES, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, width, true)
  view.setInt32(22, height, true) // from the bottom up
  view.setUint16(26, 1, true)
  view.setUint16(28, 24, true)
  view.setUint32(34, stride * height, true)
  for (let top = 0; top < height; top += BAND_ROWS) {
    const rows = Math.min(BAND_ROWS, height - top)
    const rgba = read(top, rows)
    for (let y = 0; y < rows; y++) {
      let to = HEADER_BYTES + (height - 1 - top - y) * stride
      for (let from = 4 * width * y; from < 4 * width * (y + 1); from += 4) {
        bytes[to++] = rgba[from + 2] as number // inside
        bytes[to++] = rgba[from + 1] as number
        bytes[to++] = rgba[from] as number
      }
    }
  }
  return bytes
}
