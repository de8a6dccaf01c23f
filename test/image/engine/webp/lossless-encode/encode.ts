import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import createDecoder from '@jsquash/webp/codec/dec/webp_dec.js'
import sharp from 'sharp'
import { type Core, createCore } from '../../../../../src/image/engine/core.ts'
import { encodeLossless } from '../../../../../src/image/engine/webp/lossless-encode/encoder.ts'
import type { LosslessEncoderExports } from '../../../../../src/image/engine/webp/lossless-encode/exports.ts'
import type { Raster } from '../../../../../src/image/raster.ts'
import { coreModule } from '../../../../support/core-module.ts'
import { drainAtOnce, pictureOf } from '../../../../support/rows.ts'

export interface Encoded {
  readonly file: Uint8Array
  /** What the core's memory has become. */
  readonly coreBytes: number
}

/** Encodes each raster in a core of its own. */
export async function openEncoder(): Promise<(raster: Raster, effort?: number, dirt?: number) => Promise<Encoded>> {
  const module = await coreModule()
  return async (raster, effort, dirt) => {
    const core: Core<LosslessEncoderExports> = createCore(module)
    const mark = core.mark()
    const used = core.alloc(dirt === undefined ? 0 : 8_000_000)
    if (dirt !== undefined) core.bytes().fill(dirt, used)
    core.release(mark)
    const file = await encodeLossless(core, pictureOf(core, raster), drainAtOnce, { effort })
    if (core.mark() !== mark) throw new Error('memory was kept')
    return { file, coreBytes: core.size() }
  }
}

/** libwebp's decoder, as @jsquash has it. */
export async function openPeer(): Promise<(file: Uint8Array) => Uint8Array> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('@jsquash/webp/codec/dec/webp_dec.wasm'))
  const peer = await createDecoder({ noInitialRun: true, wasmBinary: wasm } as never)
  return (file) => new Uint8Array(peer.decode(file as never)?.data ?? [])
}

export const isSame = ({ data }: Raster, pixels: Uint8Array): boolean =>
  Buffer.compare(Buffer.from(data.buffer, data.byteOffset, data.byteLength), pixels) === 0

export const libwebp = (raster: Raster): Promise<Buffer> =>
  sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } })
    .webp({ lossless: true, effort: 4, exact: true })
    .toBuffer()
