import { AppError } from '../../../errors.ts'
import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'

export const damagedGif = (why: string): AppError => new AppError('invalid_image', { reason: `GIF: ${why}.` })

/** Where a colour table lies in the file. */
export interface ColourTable {
  readonly start: number
  readonly colours: number
}

/** What is done with a frame's rectangle after its time (GIF89a §23 c iv): nothing, made transparent, or as it was before. */
export type Disposal = 'keep' | 'clear' | 'restore'

export interface GifFrame extends Rectangle {
  readonly table: ColourTable | null
  /** Index that leaves what is below as it is; -1 without one. */
  readonly transparent: number
  readonly disposal: Disposal
  /** Its time, in hundredths of a second. */
  readonly delay: number
  readonly interlaced: boolean
  readonly codeSize: number
  /** Of the first data sub-block. */
  readonly dataAt: number
  /** Whether the file ends within its data. */
  readonly isCut: boolean
}

export interface GifScreen extends Shape {
  readonly table: ColourTable | null
  /** Of the first block. */
  readonly blocksAt: number
}

const SCREEN_BYTES = 13
const DESCRIPTOR_BYTES = 9
export const EXTENSION = 0x21
export const IMAGE = 0x2c
export const GRAPHIC_CONTROL = 0xf9
const TABLE_FLAG = 0x80
const INTERLACE_FLAG = 0x40
const DISPOSALS: readonly Disposal[] = ['keep', 'keep', 'clear', 'restore', 'restore']

export const isGif = (head: Uint8Array): boolean => /^GIF8[79]a/.test(String.fromCharCode(...head.subarray(0, 6)))

const uint16 = (file: Uint8Array, at: number): number => (file[at] ?? 0) | ((file[at + 1] ?? 0) << 8)

/** The logical screen, as it is written (GIF89a §18). @throws AppError `invalid_image`. */
export function readScreen(file: Uint8Array): GifScreen {
  if (file.length < SCREEN_BYTES) throw damagedGif('the header is cut short')
  const table = tableAt(file[10] ?? 0, SCREEN_BYTES)
  return { width: uint16(file, 6), height: uint16(file, 8), table, blocksAt: SCREEN_BYTES + tableBytes(table) }
}

const tableAt = (flags: number, start: number): ColourTable | null =>
  (flags & TABLE_FLAG) === 0 ? null : { start, colours: 2 << (flags & 7) }

const tableBytes = (table: ColourTable | null): number => (table ? 3 * table.colours : 0)

/**
 * The frames in their order, each with the control block before it. Reads as browsers do: zeros between blocks are passed over, and anything that is no
 * block ends the file, with or without a trailer. Work: a step for each sub-block, without its pixels.
 */
export function* gifFrames(file: Uint8Array, { blocksAt, table }: GifScreen): Generator<GifFrame> {
  let [at, control] = [blocksAt, NO_CONTROL]
  for (;;) {
    while (file[at] === 0) at++
    if (file[at] === EXTENSION) {
      if (file[at + 1] === GRAPHIC_CONTROL && (file[at + 2] ?? 0) >= 4) control = readControl(file, at + 3)
      at = skipSubBlocks(file, at + 2).end
    } else if (file[at] === IMAGE && at + 1 + DESCRIPTOR_BYTES < file.length) {
      const flags = file[at + 9] ?? 0
      const own = tableAt(flags, at + 1 + DESCRIPTOR_BYTES)
      const codeSizeAt = at + 1 + DESCRIPTOR_BYTES + tableBytes(own)
      const { end, isCut } = skipSubBlocks(file, codeSizeAt + 1)
      yield {
        x: uint16(file, at + 1),
        y: uint16(file, at + 3),
        width: uint16(file, at + 5),
        height: uint16(file, at + 7),
        table: own ?? table,
        ...control,
        interlaced: (flags & INTERLACE_FLAG) !== 0,
        codeSize: file[codeSizeAt] ?? 0,
        dataAt: codeSizeAt + 1,
        isCut,
      }
      ;[at, control] = [end, NO_CONTROL]
    } else return
  }
}

type Control = Pick<GifFrame, 'transparent' | 'disposal' | 'delay'>
const NO_CONTROL: Control = { transparent: -1, disposal: 'keep', delay: 0 }

function readControl(file: Uint8Array, at: number): Control {
  const flags = file[at] ?? 0
  return {
    transparent: (flags & 1) === 0 ? -1 : (file[at + 3] ?? 0),
    disposal: DISPOSALS[(flags >> 2) & 7] ?? 'keep',
    delay: uint16(file, at + 1),
  }
}

/** Behind the terminator of a run of sub-blocks (§15, §16), or the end of the file. */
export function skipSubBlocks(file: Uint8Array, start: number): { readonly end: number; readonly isCut: boolean } {
  for (let at = start; at < file.length;) {
    const length = file[at] ?? 0
    at += 1 + length
    if (length === 0) return { end: at, isCut: false }
  }
  return { end: file.length, isCut: true }
}

/** A block behind the screen, from its introducer on: an image, or an extension with its label (GIF89a §20, §23 to 26). */
export interface GifBlock {
  /** `IMAGE`, or the label of an extension. */
  readonly kind: number
  readonly start: number
  readonly end: number
  readonly isCut: boolean
}

/** The blocks in their order, until something comes that is none. @throws AppError `invalid_image` when the screen is cut short. */
export function* gifBlocks(file: Uint8Array): Generator<GifBlock> {
  for (let at = readScreen(file).blocksAt; ;) {
    while (file[at] === 0) at++
    const isImage = file[at] === IMAGE
    if (!isImage && file[at] !== EXTENSION) return
    const { end, isCut } = skipSubBlocks(file, isImage ? imageDataAt(file, at) : at + 2)
    yield { kind: isImage ? IMAGE : (file[at + 1] ?? 0), start: at, end, isCut }
    at = end
  }
}

/** Of an image's first sub-block: behind its descriptor, its own colours and the size of its first codes. */
const imageDataAt = (file: Uint8Array, at: number): number => {
  const own = at + 1 + DESCRIPTOR_BYTES
  return own + tableBytes(tableAt(file[own - 1] ?? 0, own)) + 1
}
