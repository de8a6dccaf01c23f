import createEncoder from '@jsquash/avif/codec/enc/avif_enc.js'
import { defaultOptions } from '@jsquash/avif/meta.js'
import * as z from 'zod'
import { AppError } from '../../../errors.ts'
import { collect } from '../../collect.ts'
import type { RowsContext } from '../../context.ts'
import { giveBack } from '../../engine/parts.ts'
import type { Picture } from '../../engine/rows/pixel-rows.ts'
import type { Raster, Shape } from '../../raster.ts'
import { emscriptenInstances } from '../emscripten-instances.ts'
import { embedInAvif } from './embed.ts'
import { libaomQuality } from './quality.ts'
import { spreadColours } from './spread-colours.ts'

interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: typeof defaultOptions): Uint8Array<ArrayBuffer> | null
}

const withEncoder = emscriptenInstances<Encoder>(createEncoder, 'internal')

export const avifOptions = z.object({ quality: z.int().min(1).max(100), effort: z.int().min(1).max(100).optional() })
export type AvifOptions = z.output<typeof avifOptions>

/** What has no effort is encoded as fast as requests want it. */
const USUAL_EFFORT = 40
/** What a queue takes the time for: some 10 % fewer bytes than the usual effort gives, at three times the time. */
export const QUEUED_EFFORT = 70

/** What the encoder may take beside a picture where it is not fast; beyond, it is: that takes two thirds. */
const MAX_SMALL_BYTES = 56_000_000

/** libaom's speed; below 6 it takes seconds for a small picture, and nobody can interrupt it. */
function speedOf({ effort = USUAL_EFFORT }: AvifOptions, shape: Shape): number {
  const speed = effort <= 20 ? 9 : effort <= 40 ? 8 : effort <= 60 ? 7 : 6
  return encoderBytes(shape, speed) > MAX_SMALL_BYTES ? Math.max(FAST_SPEED, speed) : speed
}

const FAST_SPEED = 7

/** Upper bound of what the encoder takes, by measurement on random noise. Alpha is coded behind the colours, in their memory. */
const encoderBytes = ({ width, height }: Shape, speed: number): number =>
  9_000_000 + (speed < FAST_SPEED ? 45 : 29) * (width + 64) * (height + 64)

/** What @jsquash calls the planes: luma alone, or colours of half the width and height. */
const [GRAY, HALVED] = [0, 1]

/** The whole picture in one piece, in sRGB. Colours of pixels that nobody sees are not kept. */
export const encodeAvif = (picture: Picture, options: AvifOptions, context: RowsContext): Promise<Uint8Array> =>
  picture.read(async (rows) => {
    const raster = await collect(context, rows)
    const speed = speedOf(options, rows)
    if (!rows.isOpaque) spreadColours(raster)
    const settings = { ...defaultOptions, quality: libaomQuality(options.quality, speed), speed, subsample: isGray(raster) ? GRAY : HALVED }
    const run = { load: context.wasm.avifEncoder, memoryBytes: encoderBytes(rows, speed) }
    const { data, width, height } = raster
    const file = await withEncoder(run, (encoder) => encoder.encode(data, width, height, settings))
    giveBack(data)
    if (!file) throw new AppError('internal', { detail: '@jsquash/avif: no picture was encoded' })
    return embedInAvif(file, { icc: null, exif: null, xmp: null })
  })

function isGray({ data }: Raster): boolean {
  for (let at = 0; at < data.length; at += 4) if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false
  return true
}

/** The encoder with the picture and the file, which is written anew. */
export const encodeAvifBytes = (shape: Shape, options: AvifOptions, isOpaque = false): number =>
  encoderBytes(shape, speedOf(options, shape)) + (isOpaque ? 6 : 8) * shape.width * shape.height + 65_536
