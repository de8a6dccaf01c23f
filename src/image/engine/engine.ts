import type { Core } from './core.ts'
import type { JpegDecoderExports } from './jpeg-core.ts'
import type { JpegEncoderExports } from './jpeg-encode-frame.ts'
import type { OrientExports } from './plane-thumbnail.ts'
import type { PngDecoderExports } from './png-decoder.ts'
import type { PngEncoderExports } from './png-encoder.ts'
import type { ResampleExports } from './resample.ts'
import type { ColourExports } from './rgba-rows.ts'

/** The core with everything that it exports: each driver names the part that it calls. */
export type Engine = Core<
  JpegDecoderExports & ColourExports & ResampleExports & OrientExports & JpegEncoderExports & PngDecoderExports & PngEncoderExports
>
