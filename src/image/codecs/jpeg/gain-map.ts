import { AppError, type ErrorCode } from '../../../errors.ts'
import type { RowsContext } from '../../context.ts'
import type { JpegHeader } from '../../engine/jpeg/header.ts'
import { estimateScaledBytes, type JpegSource } from '../../engine/jpeg/scaled/estimate.ts'
import { layOutTranscode } from '../../engine/jpeg/transcode/layout.ts'
import { estimateTranscodeBytes, transcodeJpeg } from '../../engine/jpeg/transcode/transcode.ts'
import { resultBytes } from '../../engine/parts.ts'
import { jpegToJpegs, type RecodeOptions } from '../../engine/jpeg/scaled/recode.ts'
import type { Geometry } from '../../geometry.ts'
import type { GainMap } from '../../metadata/gain-map/find.ts'
import type { Orientation } from '../../orientation.ts'

/** Half of what the picture's quality lacks to 100: an error of a level is multiplied by the headroom. Three channels are subsampled when they were. */
const optionsOf = ({ header }: JpegSource, quality: number): RecodeOptions => ({
  quality: Math.ceil((quality + 100) / 2),
  subsampling: isSubsampled(header) ? '4:2:0' : '4:4:4',
  optimise: true,
  progressive: false,
})

/** Bytes a pixel and channel of an encoded map, at most: noise, by measurement. */
const BYTES_A_SAMPLE = 1.8

const isSubsampled = ({ components: [luma, ...chroma] }: JpegHeader): boolean =>
  luma !== undefined && chroma.some(({ h, v }) => h < luma.h || v < luma.v)

/** What a decoder says of a file; all else is a failure of its own. */
const OF_THE_FILE: readonly ErrorCode[] = ['invalid_image', 'unsupported_format']

/** Upper bound of what is held while a map is made anew, its file included. `geometry`: in its own upright pixels. */
export const recodeMapBytes = ({ source }: GainMap, orientation: Orientation, geometry: Geometry, quality: number): number =>
  estimateScaledBytes(source, orientation, geometry, optionsOf(source, quality)) +
  resultBytes(BYTES_A_SAMPLE * source.header.components.length * geometry.width * geometry.height + 65_536)

/** The map without loss: its pixels are gains, which nothing rounds. `null` as in `recodeMap`. */
export const transcodeMap = {
  obstacle({ source: { header } }: GainMap, orientation: Orientation, geometry: Geometry): string | null {
    const layout = layOutTranscode(header, orientation, geometry)
    return 'reason' in layout ? layout.reason : null
  },
  async run({ file }: GainMap, orientation: Orientation, geometry: Geometry, { core, pace }: Pick<RowsContext, 'core' | 'pace'>) {
    const warnings = new Set<string>()
    try {
      const map = await transcodeJpeg(core, file, orientation, geometry, false, warnings, pace)
      return map instanceof Uint8Array && warnings.size === 0 ? map : null
    } catch (thrown) {
      if (thrown instanceof AppError && OF_THE_FILE.includes(thrown.code)) return null
      throw thrown
    }
  },
  bytes: ({ file, source: { header } }: GainMap, orientation: Orientation, geometry: Geometry): number =>
    estimateTranscodeBytes(header, orientation, geometry, false, file.length),
}

/**
 * The map, turned upright, cut and scaled, as a JPEG without its segments; its pixels are gains and pass unconverted. `null` when its data are damaged, for
 * missing gains would show, or of a kind that is not decoded.
 */
export async function recodeMap(
  { file, source }: GainMap,
  orientation: Orientation,
  geometry: Geometry,
  quality: number,
  { core, pace }: Pick<RowsContext, 'core' | 'pace'>,
): Promise<Uint8Array | null> {
  const warnings = new Set<string>()
  const recoding = { geometry, options: optionsOf(source, quality), conversion: null }
  try {
    const [map] = (await jpegToJpegs(core, file, orientation, [recoding], warnings, pace)) ?? []
    return map && warnings.size === 0 ? map : null
  } catch (thrown) {
    if (thrown instanceof AppError && OF_THE_FILE.includes(thrown.code)) return null
    throw thrown
  }
}
