import * as z from 'zod'
import { AppError } from '../../errors.ts'
import type { RowsContext } from '../context.ts'
import type { Picture, PixelRows } from '../engine/rows/pixel-rows.ts'
import type { Geometry } from '../geometry.ts'
import type { Conversion } from '../icc/conversion.ts'
import type { Carried } from '../metadata/carried.ts'
import type { GainMap } from '../metadata/gain-map/find.ts'
import type { Orientation } from '../orientation.ts'
import type { Raster, Shape } from '../raster.ts'

/** What the header alone tells. Read before decoding, so that a limit refuses a bomb while it is still small. */
export interface Probe extends Shape {
  /** Whether any pixel may be transparent. */
  readonly hasAlpha: boolean
  /** Animation frames; the still codecs show the first. */
  readonly frames: number
  /** How the stored pixels must be turned. `width` and `height` are as stored. */
  readonly orientation: Orientation
  /** Whether it is drawn rather than photographed: few colours, sharp edges. Where the format is not written, PNG keeps those as they are. */
  readonly isFlat?: boolean
  /** Whether this file keeps every pixel, where its format has lossy files too: its work is another one. */
  readonly isLossless?: boolean
}

/** What colours are made of, however they are coded: YCbCr and palettes are RGB, YCCK is CMYK. */
export type ColourModel = 'gray' | 'rgb' | 'cmyk' | 'lab'

/** How an animation runs. */
export interface Animation {
  readonly frames: number
  /** Of all frames together, as stored. */
  readonly durationMs: number
  /** How often it plays; 0: without end. */
  readonly plays: number
}

/** By which convention a gain map is in the file, from which displays make more light than the picture has. */
export type GainMapKind = 'ultra-hdr' | 'iso-21496-1'

/** What a file tells of itself beyond its shape, each part when it is asked for. Nothing of it needs a pixel. */
export interface About {
  /** Bits a stored sample. */
  readonly bitDepth: number
  readonly colours: ColourModel
  /** The ICC profile, whatever it is for. */
  icc?(): Uint8Array | null
  /** `null` for a still picture. */
  animation?(): Animation | null
  gainMap?(): GainMapKind | null
  /** Whether there is a C2PA manifest, valid or not. */
  hasC2pa?(): boolean
}

/** One picture of an animation. */
export interface Frame {
  readonly durationMs: number
  /** The whole canvas while the frame is shown, as stored: in the file's own colours, and not turned. To be read before the next frame is asked for. */
  readonly rows: PixelRows
}

/** The frames of a file, one after the other. */
export interface Frames {
  /** How the colours of their rows become sRGB; `null`: they are, or nobody knows, or they stay as they are. */
  readonly conversion: Conversion | null
  /**
   * Ends with the file; with a warning where it is damaged behind its first frame. What it holds in the core was taken when it was opened.
   * @throws AppError `invalid_image` when there is no frame.
   */
  readonly all: AsyncIterable<Frame>
}

/** Makes an animation of whole pictures of one shape. What it holds in the core was taken when it was opened. */
export interface AnimationEncoder {
  /** Reads the rows to their end. */
  add(rows: PixelRows, durationMs: number): Promise<void>
  /** The file, when at least one frame has been added. */
  finish(): Uint8Array | Promise<Uint8Array>
}

/** What an animation is beside its pictures. */
export interface AnimationShape extends Shape {
  /** At most. */
  readonly frames: number
  /** How often it plays; 0: without end. */
  readonly plays: number
}

/** One result of `recode`: what is shown in which size, and the encoder's options. */
export interface Recoding<O> {
  readonly geometry: Geometry
  readonly options: O
}

export interface Codec<O extends z.ZodType = z.ZodType, P extends Probe = Probe> {
  readonly mime: string
  /** Without the dot. */
  readonly extension: string
  readonly can: { readonly decode: boolean; readonly encode: boolean; readonly alpha: boolean }
  /** Encoder options, defaults filled. */
  readonly options: O
  /** Whether the file is of this format, by its first bytes. Never trusts a name or a declared type. */
  sniff(head: Uint8Array): boolean
  /**
   * `page`, from 1 on, tells which picture's shape is wanted, where pages have their own; of a page that is not there, that of any.
   * @throws AppError `invalid_image` when the header is damaged, `unsupported_format` when this variant is not decoded.
   */
  probe(file: Uint8Array, page?: number): P
  /** How the file's colours become sRGB; `null`: they are, or nobody knows. */
  conversion(file: Uint8Array, probe: P, context: Pick<RowsContext, 'core'>): Conversion | null
  /** The RGB profile that the rows are in when the geometry keeps colours; `null`: they are in sRGB then too. */
  profile?(file: Uint8Array, probe: P, context: Pick<RowsContext, 'core'>): Uint8Array | null
  /** The EXIF of the file, from its `II*` or `MM*` on; of a BigTIFF the file. A part of the file is enough when it is in it. */
  exif?(file: Uint8Array): Uint8Array | null
  /** Its XMP packet, UTF-8. */
  xmp?(file: Uint8Array, context: Pick<RowsContext, 'core'>): Uint8Array | null
  about?(file: Uint8Array, probe: P, context: Pick<RowsContext, 'core'>): About
  /** The same result with what it takes along. */
  embed?(result: Uint8Array, carried: Carried): Uint8Array
  /** Whether results are in sRGB alone, since `embed` has no place for a profile. */
  readonly embedsNoProfile?: true
  /** The file with nothing but its pixels, and its profile or not, in parts that may lie in it; `null` when viewers would not show that as it is meant. */
  bare?(file: Uint8Array, withProfile: boolean): readonly Uint8Array[] | null
  /** Of a format that has gain maps beside its pictures, and writes them: how a map goes the way of its picture. */
  readonly gainMap?: {
    /** `damaged`: the file speaks of one, and has none that can be read. */
    find(file: Uint8Array): GainMap | 'damaged' | null
    /** Whether a picture has colours that a map can brighten. */
    fits(probe: P): boolean
    /** The map turned, cut and scaled, without its meaning; `null` when its data are damaged. `geometry`: in its own upright pixels; `quality`: the picture's. */
    recode(map: GainMap, orientation: Orientation, geometry: Geometry, quality: number, context: RowsContext): Promise<Uint8Array | null>
    /** Upper bound of the bytes that `recode` holds at once beside the file, its result included. */
    recodeBytes(map: GainMap, orientation: Orientation, geometry: Geometry, quality: number): number
    /** The map turned and cut without loss, as `Codec.transcode`. */
    readonly transcode: {
      obstacle(map: GainMap, orientation: Orientation, geometry: Geometry): string | null
      run(map: GainMap, orientation: Orientation, geometry: Geometry, context: RowsContext): Promise<Uint8Array | null>
      bytes(map: GainMap, orientation: Orientation, geometry: Geometry): number
    }
  }
  /** The first frame in sRGB, upright, cut and resampled as `geometry` says, row by row. Does not keep or write `file`. */
  rows(file: Uint8Array, probe: P, geometry: Geometry, context: RowsContext): Promise<PixelRows>
  /** Several rasters from one pass over the file, each with the pixels that `rows` gives. `of` names the pass of a geometry: equal names go together. */
  readonly pass?: {
    of(probe: P, geometry: Geometry): string | null
    decode(file: Uint8Array, probe: P, geometries: readonly Geometry[], context: RowsContext): Promise<readonly Raster[]>
    /** Upper bound of what a pass holds at once beside the file, its results included. */
    bytes(probe: P, geometries: readonly Geometry[]): number
  }
  /** Of a format that has animations. `keepsColours`: those of an RGB profile stay. */
  readonly frames?: {
    open(file: Uint8Array, probe: P, keepsColours: boolean, context: RowsContext): Frames
    /** Upper bound of what is held beside the file while frames are read. */
    bytes(probe: P, fileBytes: number): number
  }
  /** Of a format that animations are written in. */
  readonly animate?: {
    open(shape: AnimationShape, options: z.output<O>, context: RowsContext): AnimationEncoder
    /** Upper bound of what the encoder holds beside the rows that it reads, its result included. */
    bytes(shape: AnimationShape, options: z.output<O>, isOpaque: boolean): number
  }
  /** Upper bound of a result's bytes; those of its pixels when absent. */
  resultBytes?(shape: Shape, options: z.output<O>): number
  /** The effort of work in a queue, for which nobody waits, when none is wished; the encoder's own when absent. */
  readonly queuedEffort?: number
  /** Whether the encoder holds the whole picture, or its alpha, so that its size is bounded by memory. */
  readonly holdsPicture?: boolean
  /** Encodes; a format without alpha gets opaque rows. */
  encode(picture: Picture, options: z.output<O>, context: RowsContext): Promise<Uint8Array>
  /**
   * Decode, fit and encode in one pass without RGBA between, for plans with no further step that go together in one `pass`; `null` when the file
   * needs the long way.
   */
  recode?(
    file: Uint8Array,
    probe: P,
    results: readonly Recoding<z.output<O>>[],
    context: RowsContext,
  ): Promise<readonly Uint8Array[] | null>
  /** Upper bound of the bytes that `recode` holds at once beside the file, its results included; `null` when these need the long way. */
  recodeBytes?(probe: P, results: readonly Recoding<z.output<O>>[]): number | null
  /** Whether results can have every pixel as it is. */
  readonly writesExactly?: true
  /** Of a format whose files can be turned and cut without being decoded to pixels: nothing is rounded. */
  readonly transcode?: {
    /** Why a geometry cannot be had so, with the numbers that can; `null`: it can. */
    obstacle(file: Uint8Array, probe: P, geometry: Geometry): string | null
    /** Whether the encoder would write a file of just this precision. */
    isOwnQuality(file: Uint8Array, probe: P, options: z.output<O>): boolean
    /** The result without metadata; a sentence when the file turns out to be of a kind that does not go this way. */
    run(file: Uint8Array, probe: P, geometry: Geometry, options: z.output<O>, context: RowsContext): Promise<Uint8Array | string>
    /** Upper bound of the bytes that `run` holds at once beside the file, its result included. */
    bytes(probe: P, geometry: Geometry, options: z.output<O>): number
  }
  /** Upper bound of the bytes that are held at once beside the file while `rows` are read. */
  rowsBytes(probe: P, geometry: Geometry, fileBytes: number): number
  /** Upper bound of the bytes that `encode` holds at once beside the rows that it reads, its result included. `isOpaque`: no pixel can be transparent. */
  encodeBytes(shape: Shape, options: z.output<O>, isOpaque?: boolean): number
}

/** A format that is read and written. */
export type Written = { readonly can: { readonly encode: true } }
/** A format that is read alone. */
type ReadOnly = { readonly can: { readonly encode: false } }

export const defineCodec = <O extends z.ZodType, P extends Probe>(codec: Codec<O, P> & Written): Codec<O, P> & Written => codec

/** What a format has to say that is read alone. */
export type Reader<P extends Probe> = Pick<
  Codec<z.ZodType, P>,
  'mime' | 'extension' | 'sniff' | 'probe' | 'conversion' | 'profile' | 'exif' | 'xmp' | 'about' | 'pass' | 'rows' | 'rowsBytes' | 'frames'
>

export const defineReader = <P extends Probe>(reader: Reader<P>): Codec<typeof NO_OPTIONS, P> & ReadOnly => ({
  ...reader,
  can: { decode: true, encode: false, alpha: true },
  options: NO_OPTIONS,
  encode: () => Promise.reject(new AppError('internal', { detail: `${reader.mime} is not written` })),
  encodeBytes: () => 0,
})

const NO_OPTIONS = z.object({})
