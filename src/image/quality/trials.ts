import type { Codec } from '../codecs/define.ts'
import { keepSmall } from '../codecs/kept.ts'
import type { RowsContext } from '../context.ts'
import { readingNs } from '../engine/pace.ts'
import { giveBack } from '../engine/parts.ts'
import { createLuma, type LumaPicture, ssim, SSIM_NS_PER_PIXEL } from '../engine/pixels/ssim.ts'
import { type Picture, rasterRows } from '../engine/rows/pixel-rows.ts'
import { wholeImage } from '../geometry.ts'
import type { Raster } from '../raster.ts'
import { TILE, tilesOf, tilingOf } from './sample.ts'

/** What a quality makes of the reduced picture. */
export interface Trial {
  /** SSIM against the picture that was not encoded. */
  readonly score: number
  readonly bytes: number
  /** The file, when the reduced picture is the picture itself. */
  readonly file: Uint8Array | null
}

/** Encoder options of a plan with another quality or effort. */
export type OptionsWith = (change: { readonly quality?: number; readonly effort?: number }) => never

/** The reduced picture of a plan's result, and what encoding makes of it. */
export interface Trials {
  /** The result, for the encode that counts: a small one is read from its plan once. */
  readonly picture: Picture
  /** How many times as many pixels as the reduced picture it has. */
  readonly scale: number
  at(quality: number): Promise<Trial>
  /** Those that were made, by quality. */
  readonly made: ReadonlyMap<number, Trial>
}

/** Reads a picture for its trials. What that takes of the core stays taken. */
export async function openTrials(context: RowsContext, encoder: Codec, optionsWith: OptionsWith, picture: Picture): Promise<Trials> {
  const { core, drain } = context
  const kept = await keepSmall(context, picture)
  const tiling = tilingOf(picture)
  const sample = tiling ? pictureOf(context, await tilesOf(context, kept, tiling)) : kept
  const original = createLuma(core, sample)
  await sample.read((rows) => drain(rows, original.take, SSIM_NS_PER_PIXEL))
  const made = new Map<number, Trial>()
  return {
    picture: kept,
    scale: (picture.width * picture.height) / (sample.width * sample.height),
    made,
    async at(quality) {
      const known = made.get(quality)
      if (known) return known
      const file = await encoder.encode(sample, optionsWith({ quality }), context)
      const score = await scoreOf(context, encoder, file, original, tiling ? TILE : undefined)
      const trial = { score, bytes: file.length, file: tiling ? null : file }
      if (tiling) giveBack(file)
      made.set(quality, trial)
      return trial
    },
  }
}

/** A raster as a picture that can be read as often as is wanted. */
const pictureOf = ({ core }: Pick<RowsContext, 'core'>, raster: Raster): Picture => ({
  width: raster.width,
  height: raster.height,
  async read(work) {
    const mark = core.mark()
    try {
      return await work(rasterRows(core, raster))
    } finally {
      core.release(mark)
    }
  },
})

async function scoreOf(context: RowsContext, codec: Codec, file: Uint8Array, original: LumaPicture, tile?: number): Promise<number> {
  const { core, drain, pace } = context
  const mark = core.mark()
  try {
    const probe = codec.probe(file)
    const decoded = createLuma(core, probe)
    pace.count(readingNs(file.length, probe.width * probe.height))
    await drain(await codec.rows(file, probe, wholeImage(probe), context), decoded.take, SSIM_NS_PER_PIXEL)
    return ssim(core, original, decoded, tile)
  } finally {
    core.release(mark)
  }
}
