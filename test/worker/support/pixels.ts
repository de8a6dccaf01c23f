import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js'
import JPEG_WASM from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'
import decodePng, { init as initPng } from '@jsquash/png/decode.js'
import * as PNG_MODULE from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm'
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js'
import WEBP_WASM from '@jsquash/webp/codec/dec/webp_dec.wasm'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue, alpha. */
  at(x: number, y: number): number[]
  /** The name of the strong colour near a corner. */
  corner(name: string): string
}

let ready: Promise<unknown> | undefined

/** Decodes an answer with libraries that have nothing to do with the code under test. */
export async function decodePixels(response: Response): Promise<Pixels> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  ready ??= Promise.all([
    initJpeg(JPEG_WASM as never),
    initPng((PNG_MODULE as unknown as { default: never }).default),
    initWebp(WEBP_WASM as never),
  ])
  await ready
  const mime = response.headers.get('Content-Type')
  const file = await response.arrayBuffer()
  const { width, height, data } = await (mime === 'image/png'
    ? decodePng(file)
    : mime === 'image/webp'
      ? decodeWebp(file)
      : decodeJpeg(file))
  const at = (x: number, y: number): number[] => Array.from(data.slice((y * width + x) * 4, (y * width + x) * 4 + 4))
  const corner = (name: string): string => {
    const [red = 0, green = 0, blue = 0] = at(name.includes('left') ? 4 : width - 5, name.includes('top') ? 4 : height - 5)
    return red > 200 && green > 200 && blue > 200
      ? 'white'
      : red > 200
        ? 'red'
        : green > 200
          ? 'green'
          : blue > 200
            ? 'blue'
            : `${red},${green},${blue}`
  }
  return { width, height, at, corner }
}
