import createDecoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import createEncoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js'
import { defaultOptions } from '@jsquash/jpeg/meta.js'
import { AppError } from '../../errors.ts'
import { emscriptenInstances } from '../codecs/emscripten-instances.ts'
import type { RowsContext } from '../context.ts'
import type { JpegHeader } from '../engine/jpeg/header.ts'
import type { Raster, Shape } from '../raster.ts'

interface Decoder {
  decode(file: Uint8Array, preservesOrientation: boolean): Raster | null
}

interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: typeof defaultOptions): Uint8Array<ArrayBuffer>
}

type Wasm = Pick<RowsContext, 'wasm'>

const withDecoder = emscriptenInstances<Decoder>(createDecoder, 'invalid_image')
const withEncoder = emscriptenInstances<Encoder>(createEncoder, 'internal')

/** Upper bound of what the decoder takes, by measurement: RGBA, the file twice, and the coefficients of a file of several scans. */
function instanceBytes({ width, height, components, process }: JpegHeader, fileBytes: number): number {
  const [across, down] = [Math.max(...components.map(({ h }) => h)), Math.max(...components.map(({ v }) => v))]
  const samples = components.reduce((sum, { h, v }) => sum + (h * v) / (across * down), 0) * (width + 16) * (height + 16)
  return 4 * width * height + 2 * fileBytes + (process === 'progressive' ? 2 * samples : 0) + 100 * width + 1_000_000
}

/** The same in whole pages, with the raster. */
export const decodeJpegBytes = (header: JpegHeader, fileBytes: number): number =>
  instanceBytes(header, fileBytes) + 65_536 + 4 * header.width * header.height

/** Decodes with @jsquash/jpeg, not turned. It knows no CMYK. @throws AppError `invalid_image`, `unsupported_format`. */
export async function decodeJpeg({ wasm }: Wasm, file: Uint8Array, header: JpegHeader): Promise<Raster> {
  if (header.components.length > 3) throw new AppError('unsupported_format', { detail: '@jsquash/jpeg decodes no CMYK' })
  const run = { load: wasm.jpegDecoder, memoryBytes: instanceBytes(header, file.length) }
  const decoded = await withDecoder(run, (decoder) => decoder.decode(file, false))
  if (!decoded) throw new AppError('invalid_image', { detail: '@jsquash/jpeg gave no picture' })
  const { width, height, data } = decoded
  return { width, height, data }
}

/** One scan: several take far more memory and time. */
const SETTINGS = { ...defaultOptions, baseline: true, progressive: false, optimize_coding: false }

/** Upper bound of what the encoder takes, by measurement on random noise. */
const encoderBytes = ({ width, height }: Shape, quality: number): number => width * height * (quality <= 80 ? 24 : 38) + 1_000_000

/** The same with the raster and the file. */
export const encodeJpegBytes = (shape: Shape, quality: number): number =>
  encoderBytes(shape, quality) + shape.width * shape.height * (4 + (quality <= 80 ? 1 : 4)) + 65_536

/** Encodes opaque pixels with @jsquash/jpeg. */
export const encodeJpeg = ({ wasm }: Wasm, { data, width, height }: Raster, quality: number): Promise<Uint8Array> =>
  withEncoder({ load: wasm.jpegEncoder, memoryBytes: encoderBytes({ width, height }, quality) }, (encoder) =>
    encoder.encode(data, width, height, { ...SETTINGS, quality }),
  )
