import { swapsSides } from '../../../orientation.ts'
import { type FrameComponent, segment, START_OF_IMAGE, u16 } from '../encode/segments.ts'
import type { JpegHeader } from '../header.ts'
import { nextSegment, SOS } from '../markers.ts'
import { ZIGZAG } from '../zigzag.ts'
import type { TranscodeLayout } from './layout.ts'

/** A component as the result's frame names it: with the number of its quantisers. */
export interface ResultComponent extends FrameComponent {
  readonly quantisers: number
}

/** The tables' numbers by libjpeg's custom: chroma has its own where there is some. */
export const resultComponents = ({ colour, components }: JpegHeader, layout: TranscodeLayout): readonly ResultComponent[] =>
  layout.components.map(({ across, down }, i) => ({
    id: colour === 'rgb' ? 'RGB'.charCodeAt(i) : i + 1,
    across,
    down,
    tables: colour === 'ycbcr' && i > 0 ? 1 : 0,
    quantisers: components[i]?.table ?? 0,
  }))

/**
 * All in front of the first scan's tables. `quantisers`: of each component, as the file has them in zigzag order; `null` when one number stands for different
 * ones, which no single file can say.
 */
export function resultHeaders(
  file: Uint8Array,
  { colour }: JpegHeader,
  layout: TranscodeLayout,
  components: readonly ResultComponent[],
  quantisers: readonly Uint16Array[],
  progressive: boolean,
): readonly Uint8Array[] | null {
  const tables = new Map<number, Uint16Array>()
  for (const [i, { quantisers: number }] of components.entries()) {
    const table = quantisers[i] as Uint16Array
    if ((tables.get(number) ?? table).some((quantiser, k) => quantiser !== table[k])) return null
    tables.set(number, table)
  }
  const isWide = [...tables.values()].some((table) => table.some((quantiser) => quantiser > 255))
  const isTransposed = swapsSides(layout.orientation)
  return [
    START_OF_IMAGE,
    ...(colour === 'rgb' ? [ADOBE_RGB] : jfifOf(file, isTransposed)),
    ...[...tables].map(([number, table]) => quantisationSegment(number, isTransposed ? transposed(table) : table)),
    frameSegment(progressive ? 0xc2 : isWide ? 0xc1 : 0xc0, layout, components),
  ]
}

const ascii = (text: string): readonly number[] => Array.from(text, (letter) => letter.charCodeAt(0))

/** Adobe's segment, version 100: no transform of the colours. */
const ADOBE_RGB = segment(0xee, [...ascii('Adobe'), 0, 100, 0, 0, 0, 0, 0])

/** JFIF 1.01 with the file's density of pixels, without its thumbnail; nothing of a file without it, whose three components are YCbCr by their numbers. */
function jfifOf(file: Uint8Array, isTransposed: boolean): readonly Uint8Array[] {
  for (let found = nextSegment(file, 2); found && found.code !== SOS; found = nextSegment(file, found.end)) {
    const { code, start, end } = found
    if (code !== 0xe0 || end - start < 14 || ascii('JFIF\0').some((letter, i) => file[start + i] !== letter)) continue
    const [unit, across, down] = [file[start + 7] ?? 0, file.subarray(start + 8, start + 10), file.subarray(start + 10, start + 12)]
    return [segment(0xe0, [...ascii('JFIF\0'), 1, 1, unit, ...(isTransposed ? [...down, ...across] : [...across, ...down]), 0, 0])]
  }
  return []
}

/** Values over 255 take two bytes each: T.81 B.2.4.1. */
function quantisationSegment(number: number, table: Uint16Array): Uint8Array {
  const isWide = table.some((quantiser) => quantiser > 255)
  return segment(0xdb, [(isWide ? 0x10 : 0) | number, ...(isWide ? [...table].flatMap(u16) : table)])
}

/** Rows and columns exchanged, in zigzag order. */
const transposed = (table: Uint16Array): Uint16Array =>
  table.map((_, k) => {
    const natural = ZIGZAG[k] as number
    return table[ZIGZAG.indexOf((natural & 7) * 8 + (natural >> 3))] as number
  })

const frameSegment = (marker: number, { width, height }: TranscodeLayout, components: readonly ResultComponent[]): Uint8Array =>
  segment(marker, [
    8,
    ...u16(height),
    ...u16(width),
    components.length,
    ...components.flatMap(({ id, across, down, quantisers }) => [id, (across << 4) | down, quantisers]),
  ])
