import { AppError } from '../../errors.ts'
import type { RowsContext } from '../context.ts'
import { clear, layRow } from '../engine/png/apng/canvas.ts'
import { stillPng } from '../engine/png/apng/still-file.ts'
import { type PngProbe, readPngHeader } from '../engine/png/header.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'
import { type BindgenExports, pass, startBindgen, take } from './bindgen.ts'

interface PngExports extends BindgenExports {
  decode(file: number, bytes: number): number
  encode(result: number, pixels: number, bytes: number, width: number, height: number, bitDepth: number): void
}

type Wasm = Pick<RowsContext, 'wasm'>

/** Decodes with @jsquash/png, which knows no profile. It knows no animations: each frame of a page is a file of its own. @throws AppError `invalid_image`. */
export async function decodePng(context: Wasm, file: Uint8Array, { page }: Pick<PngProbe, 'page'>): Promise<Raster> {
  if (!page) return decodeStill(context, file)
  const header = readPngHeader(file)
  const canvas = createRaster(header)
  const pixels = new Uint32Array(canvas.data.buffer)
  for (const { frame, paints } of page.steps) {
    if (!paints) {
      clear(pixels, header, frame)
      continue
    }
    const { data, width, height } = await decodeStill(context, stillPng(file, frame))
    for (let row = 0; row < height; row++)
      layRow(new Uint32Array(data.buffer, data.byteOffset + 4 * row * width, width), frame.y + row, header, frame, pixels)
  }
  return canvas
}

async function decodeStill({ wasm }: Wasm, file: Uint8Array): Promise<Raster> {
  let decoded: Raster | undefined
  const instance: PngExports = startBindgen(await wasm.png(), {
    __wbg_newwithownedu8clampedarray(at, bytes, width, height) {
      decoded = { width: width as number, height: height as number, data: new Uint8ClampedArray(instance.memory.buffer, at, bytes).slice() }
      return 0
    },
  })
  try {
    instance.decode(pass(instance, file), file.length)
  } catch (cause) {
    throw new AppError('invalid_image', { cause, detail: `@jsquash/png: ${String(cause)}` })
  }
  if (!decoded) throw new AppError('internal', { detail: '@jsquash/png gave no picture' })
  return decoded
}

/** Upper bound, by measurement: the samples as they are stored, RGBA while it grows, the file; and the raster. Of a page a canvas and a frame's file as well. */
export const decodePngBytes = ({ width, height, bitDepth, page }: PngProbe & Shape, fileBytes: number): number =>
  width * height * (bitDepth === 16 ? 22 : 15) + 2 * fileBytes + 1_500_000 + (page ? 4 * width * height + fileBytes : 0)

/** RGBA of 8 bits, whatever the picture would need. */
export async function encodePng({ wasm }: Wasm, { width, height, data }: Raster): Promise<Uint8Array> {
  const instance = startBindgen<PngExports>(await wasm.png())
  const pixels = pass(instance, data)
  return take(instance, (result) => instance.encode(result, pixels, data.length, width, height, 8))
}

/** Upper bound, by measurement on random noise: the instance, the raster and the file. */
export const encodePngBytes = ({ width, height }: Shape): number => width * height * (27 + 4 + 4.1) + 2_000_000
