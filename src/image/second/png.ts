import { AppError } from '../../errors.ts'
import type { RowsContext } from '../context.ts'
import type { PngProbe } from '../engine/png/header.ts'
import type { Raster, Shape } from '../raster.ts'
import { type BindgenExports, pass, startBindgen, take } from './bindgen.ts'

interface PngExports extends BindgenExports {
  decode(file: number, bytes: number): number
  encode(result: number, pixels: number, bytes: number, width: number, height: number, bitDepth: number): void
}

type Wasm = Pick<RowsContext, 'wasm'>

/** Decodes with @jsquash/png, which knows no profile and of an animation the still picture alone. @throws AppError `invalid_image`. */
export async function decodePng({ wasm }: Wasm, file: Uint8Array, { page }: Pick<PngProbe, 'page'>): Promise<Raster> {
  if (page) throw new AppError('internal', { detail: '@jsquash/png reads no animations' })
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

/** Upper bound, by measurement: the samples as they are stored, RGBA while it grows, the file; and the raster. */
export const decodePngBytes = ({ width, height, bitDepth }: PngProbe & Shape, fileBytes: number): number =>
  width * height * (bitDepth === 16 ? 22 : 15) + 2 * fileBytes + 1_500_000

/** RGBA of 8 bits, whatever the picture would need. */
export async function encodePng({ wasm }: Wasm, { width, height, data }: Raster): Promise<Uint8Array> {
  const instance = startBindgen<PngExports>(await wasm.png())
  const pixels = pass(instance, data)
  return take(instance, (result) => instance.encode(result, pixels, data.length, width, height, 8))
}

/** Upper bound, by measurement on random noise: the instance, the raster and the file. */
export const encodePngBytes = ({ width, height }: Shape): number => width * height * (27 + 4 + 4.1) + 2_000_000
