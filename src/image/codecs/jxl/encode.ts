import createEncoder from '@jsquash/jxl/codec/enc/jxl_enc.js'
import { defaultOptions } from '@jsquash/jxl/meta.js'
import * as z from 'zod'
import { AppError } from '../../../errors.ts'
import { collect } from '../../collect.ts'
import type { RowsContext } from '../../context.ts'
import { giveBack } from '../../engine/parts.ts'
import type { Picture } from '../../engine/rows/pixel-rows.ts'
import type { Shape } from '../../raster.ts'
import { emscriptenInstances } from '../emscripten-instances.ts'
import { libjxlQuality } from './quality.ts'

interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: typeof defaultOptions): Uint8Array<ArrayBuffer> | null
}

const withEncoder = emscriptenInstances<Encoder>(createEncoder, 'internal')

export const jxlOptions = z.object({
  quality: z.int().min(1).max(100),
  effort: z.int().min(1).max(100).optional(),
  lossless: z.literal(true).optional(),
})
export type JxlOptions = z.output<typeof jxlOptions>

const USUAL_EFFORT = 40
/** What a queue takes the time for: some 15 % fewer bytes than the usual effort gives, at four times the time. */
export const QUEUED_EFFORT = 100

/** libjxl's effort. From 5 on it takes five times as long, without loss from 4 on. */
const libjxlEffort = ({ effort = USUAL_EFFORT, lossless }: JxlOptions): number =>
  lossless ? (effort <= 20 ? 1 : effort <= 80 ? 3 : 4) : effort <= 20 ? 3 : effort <= 80 ? 4 : 7

/** Upper bound of what libjxl takes, by measurement on random noise with alpha. */
const encoderBytes = ({ width, height }: Shape): number => 14_000_000 + 112 * width * height

/** The whole picture in one piece, in sRGB: a bare codestream, always with alpha. */
export const encodeJxl = (picture: Picture, options: JxlOptions, context: RowsContext): Promise<Uint8Array> =>
  picture.read(async (rows) => {
    const { data, width, height } = await collect(context, rows)
    const lossless = options.lossless === true
    const quality = lossless ? 100 : libjxlQuality(options.quality)
    const settings = { ...defaultOptions, quality, effort: libjxlEffort(options), lossless }
    const run = { load: context.wasm.jxlEncoder, memoryBytes: encoderBytes(rows) }
    const file = await withEncoder(run, (encoder) => encoder.encode(data, width, height, settings))
    giveBack(data)
    if (!file) throw new AppError('internal', { detail: '@jsquash/jxl: no picture was encoded' })
    return file
  })

/** The encoder with the picture and the file. */
export const encodeJxlBytes = (shape: Shape): number => encoderBytes(shape) + 8 * shape.width * shape.height + 65_536
