import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { FrameComponent } from './segments.ts'
import { quantisers } from './tables.ts'
import { ZIGZAG } from '../zigzag.ts'

export type ChromaSubsampling = '4:4:4' | '4:2:2' | '4:2:0'

/** What the encoder calls in the WASM core. Numbers are byte offsets or counts; see src/image/assembly/jpeg/encode.ts and its neighbours. */
export interface JpegEncoderExports {
  prepareEncoder(zigzag: number): void
  tokeniseRow(components: number, count: number, mcus: number, tokens: number, counts: number): number
  storeRow(components: number, count: number, mcus: number): void
  startScan(): void
  scanDcRow(components: number, count: number, mcus: number, low: number, refine: number, tokens: number, counts: number): number
  scanAcRow(block: number, count: number, first: number, last: number, low: number, table: number, tokens: number, counts: number): number
  refineAcRow(block: number, count: number, first: number, last: number, low: number, table: number, tokens: number, counts: number): number
  endBandRun(table: number, tokens: number, counts: number): number
  startBits(): void
  writeTokens(tokens: number, end: number, codes: number, target: number): number
  finishBits(target: number): number
  rgbaToYcc(rgba: number, y: number, cb: number, cr: number, pixels: number): void
  rgbaToGray(rgba: number, y: number, pixels: number): void
  halveRow(row: number, target: number, samples: number): void
  quarterRows(first: number, second: number, target: number, samples: number): void
  padRows(rows: number, stride: number, count: number, width: number, padded: number): void
}

export type JpegEncoderCore = Core<JpegEncoderExports>

/** One component of the picture to encode. */
export interface EncodedComponent extends FrameComponent {
  /** Samples, and the same with the repeated edge that fills the last MCU. */
  readonly width: number
  readonly height: number
  readonly paddedWidth: number
  /** Bytes from row to row of its buffer. */
  readonly stride: number
}

export interface EncodedFrame extends Shape {
  readonly components: readonly EncodedComponent[]
  readonly mcusAcross: number
  readonly mcuRows: number
  readonly blocksPerMcu: number
}

export function layOutFrame({ width, height }: Shape, colour: 'gray' | 'ycbcr', subsampling: ChromaSubsampling): EncodedFrame {
  const across = colour === 'gray' || subsampling === '4:4:4' ? 1 : 2
  const down = colour === 'ycbcr' && subsampling === '4:2:0' ? 2 : 1
  const mcusAcross = Math.ceil(width / (8 * across))
  const component = (id: number, factors: { across: number; down: number }, tables: 0 | 1): EncodedComponent => {
    const paddedWidth = mcusAcross * 8 * factors.across
    return {
      id,
      ...factors,
      tables,
      width: Math.ceil((width * factors.across) / across),
      height: Math.ceil((height * factors.down) / down),
      paddedWidth,
      stride: (paddedWidth + 15) & ~15,
    }
  }
  const luma = component(1, { across, down }, 0)
  const chroma = [2, 3].map((id) => component(id, { across: 1, down: 1 }, 1))
  return {
    width,
    height,
    components: colour === 'gray' ? [luma] : [luma, ...chroma],
    mcusAcross,
    mcuRows: Math.ceil(height / (8 * down)),
    blocksPerMcu: across * down + (colour === 'gray' ? 0 : 2),
  }
}

/** Byte offsets in a component's structure in the core; see src/image/assembly/jpeg/encode.ts. */
const PLANE = 0
const STRIDE = 4
const ACROSS = 8
const DOWN = 12
const RECIPROCALS = 16
const TABLES = 20
const PREDICTION = 24
const BLOCKS = 28
const BLOCK_STRIDE = 32
const STRUCTURE_BYTES = 48
const RECIPROCAL_BYTES = 256
/** Bit 9 of a token: the chroma tables. */
const CHROMA_TABLES = 512

/** The components' structures with their quantisation tables, in the core's memory. */
export interface ComponentTable {
  readonly ptr: number
  /** Where component `index` has the first sample of the next row of MCUs. */
  place(index: number, plane: number): void
  /** Where component `index` stores the blocks of the row of MCUs, and the bytes of a row of blocks. */
  placeBlocks(index: number, blocks: number, stride: number): void
  resetPredictions(): void
}

export const COMPONENT_TABLE_BYTES = 3 * STRUCTURE_BYTES + 2 * RECIPROCAL_BYTES + 64 + 64

export function createComponentTable(core: JpegEncoderCore, { components }: EncodedFrame, quality: number): ComponentTable {
  const zigzag = core.alloc(64)
  const ptr = core.alloc(3 * STRUCTURE_BYTES)
  const reciprocals = core.alloc(2 * RECIPROCAL_BYTES)
  core.bytes().set(ZIGZAG, zigzag)
  core.exports.prepareEncoder(zigzag)
  const view = core.view()
  for (const [index, kind] of (['luma', 'chroma'] as const).entries()) {
    quantisers(kind, quality).forEach((quantiser, natural) => {
      // Transposed, as the core has its coefficients; these are 8 times the true ones.
      const place = (natural & 7) * 8 + (natural >> 3)
      view.setFloat32(reciprocals + index * RECIPROCAL_BYTES + place * 4, 1 / (8 * quantiser), true)
    })
  }
  core.bytes().fill(0, ptr, ptr + 3 * STRUCTURE_BYTES)
  components.forEach(({ stride, across, down, tables }, i) => {
    const at = ptr + i * STRUCTURE_BYTES
    view.setInt32(at + STRIDE, stride, true)
    view.setInt32(at + ACROSS, across, true)
    view.setInt32(at + DOWN, down, true)
    view.setInt32(at + RECIPROCALS, reciprocals + tables * RECIPROCAL_BYTES, true)
    view.setInt32(at + TABLES, tables * CHROMA_TABLES, true)
  })
  const set = (index: number, field: number, value: number): void =>
    core.view().setInt32(ptr + index * STRUCTURE_BYTES + field, value, true)
  return {
    ptr,
    place: (index, plane) => set(index, PLANE, plane),
    placeBlocks(index, blocks, blockStride) {
      set(index, BLOCKS, blocks)
      set(index, BLOCK_STRIDE, blockStride)
    },
    resetPredictions: () => components.forEach((_, index) => set(index, PREDICTION, 0)),
  }
}
