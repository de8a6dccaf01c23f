import type { AffineExports } from './affine.ts'
import type { BlurExports } from './blur-direct.ts'
import type { CompositeExports } from './composite.ts'
import type { ConvolveExports } from './convolve.ts'
import type { Core } from './core.ts'
import type { JpegDecoderExports } from './jpeg-core.ts'
import type { JpegEncoderExports } from './jpeg-encode-frame.ts'
import type { NeighbourhoodExports } from './neighbourhood.ts'
import type { PixelwiseExports } from './pixelwise.ts'
import type { OrientExports } from './plane-thumbnail.ts'
import type { PngDecoderExports } from './png-decoder.ts'
import type { PngEncoderExports } from './png-encoder.ts'
import type { ResampleExports } from './resample.ts'
import type { ColourExports } from './rgba-rows.ts'

type CodecExports = JpegDecoderExports & ColourExports & JpegEncoderExports & PngDecoderExports & PngEncoderExports
type GeometryExports = ResampleExports & OrientExports & AffineExports
type KernelExports = BlurExports & CompositeExports & ConvolveExports & NeighbourhoodExports & PixelwiseExports

/** The core with everything that it exports: each driver names the part that it calls. */
export type Engine = Core<CodecExports & GeometryExports & KernelExports>
