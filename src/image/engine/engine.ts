import type { AffineExports } from './pixels/affine.ts'
import type { BlurExports } from './pixels/blur-direct.ts'
import type { CompositeExports } from './pixels/composite.ts'
import type { ConvolveExports } from './pixels/convolve.ts'
import type { Core } from './core.ts'
import type { GifExpandExports } from './gif/lzw.ts'
import type { JpegDecoderExports } from './jpeg/decode/exports.ts'
import type { JpegEncoderExports } from './jpeg/encode/frame.ts'
import type { NeighbourhoodExports } from './pixels/neighbourhood.ts'
import type { GifAnimationExports } from './gif/animation-encoder.ts'
import type { DeepExports } from './pixels/deep.ts'
import type { ConvertExports } from './pixels/to-srgb.ts'
import type { SsimExports } from './pixels/ssim.ts'
import type { TranscodeExports } from './jpeg/transcode/exports.ts'
import type { OrientExports } from './jpeg/scaled/planes.ts'
import type { PngDecoderExports } from './png/decoder.ts'
import type { PngEncoderExports } from './png/encoder.ts'
import type { ResampleExports } from './resample/resampler.ts'
import type { Vp8DecoderExports } from './webp/vp8/exports.ts'
import type { CanvasExports } from './webp/canvas.ts'
import type { AlphaExports } from './webp/lossless/alpha.ts'
import type { Vp8EncoderExports } from './webp/encode/exports.ts'
import type { LosslessEncoderExports } from './webp/lossless-encode/exports.ts'
import type { ColourExports } from './jpeg/decode/colour-exports.ts'

type JpegExports = JpegDecoderExports & ColourExports & JpegEncoderExports & TranscodeExports
type PngExports = PngDecoderExports & PngEncoderExports
type WebpExports = AlphaExports & CanvasExports & Vp8DecoderExports & Vp8EncoderExports & LosslessEncoderExports
type GifExports = GifExpandExports & GifAnimationExports
type CodecExports = JpegExports & PngExports & WebpExports & GifExports
type GeometryExports = ResampleExports & OrientExports & AffineExports
type KernelExports = BlurExports & CompositeExports & ConvolveExports & NeighbourhoodExports & ConvertExports & DeepExports & SsimExports

/** The core with everything that it exports: each driver names the part that it calls. */
export type Engine = Core<CodecExports & GeometryExports & KernelExports>
