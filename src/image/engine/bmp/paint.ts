import { type PaintRow, pixel } from '../rows/painted.ts'
import { damagedBmp, type Dib, dibRowBytes } from './dib.ts'
import { listRleRows, readRleRow, rleRowsBytes } from './rle.ts'

/** What `paintDib` holds at most. */
export const paintDibBytes = (dib: Dib): number => 4096 + dib.width + (dib.coding === 'plain' ? 0 : rleRowsBytes(dib))

/** Paints the rows of a bitmap. What the file lacks is 0. `warnings` takes what was wrong. @throws AppError `invalid_image` without a single pixel. */
export function paintDib(file: Uint8Array, dib: Dib, warnings: Set<string>): PaintRow {
  const { height, pixelsAt, isTopDown } = dib
  if (pixelsAt >= file.length) throw damagedBmp('there are no pixels')
  const warn = (): void => void warnings.add(damagedBmp('the pixels end too early').message)
  const rowBytes = dibRowBytes(dib)
  const stored = (y: number): number => (isTopDown ? y : height - 1 - y)
  if (dib.coding !== 'plain') {
    const rows = listRleRows(file, dib)
    if (!rows.isWhole) warn()
    const [palette, indices] = [readPalette(file, dib), new Uint8Array(dib.width)]
    return (y, row) => {
      readRleRow(file, dib, rows, stored(y), indices)
      for (let x = 0; x < row.length; x++) row[x] = palette[indices[x] as number] as number // 256 colours
    }
  }
  if (pixelsAt + rowBytes * height - (rowBytes - Math.ceil((dib.width * dib.bitsPerPixel) / 8)) > file.length) warn()
  const paint = painterOf(file, dib)
  return (y, row) => paint(pixelsAt + stored(y) * rowBytes, row)
}

/** Paints a row whose first byte is at `at`. */
type PaintAt = (at: number, row: Uint32Array) => void

function painterOf(file: Uint8Array, dib: Dib): PaintAt {
  const { bitsPerPixel } = dib
  if (bitsPerPixel <= 8) {
    const palette = readPalette(file, dib)
    const [perByte, mask] = [8 / bitsPerPixel, (1 << bitsPerPixel) - 1]
    return (at, row) => {
      for (let x = 0; x < row.length; x++) {
        const shift = 8 - bitsPerPixel * (1 + (x % perByte))
        row[x] = palette[((file[at + Math.floor(x / perByte)] ?? 0) >> shift) & mask] as number // 256 colours
      }
    }
  }
  if (bitsPerPixel === 24) {
    return (at, row) => {
      for (let x = 0; x < row.length; x++, at += 3) row[x] = pixel(file[at + 2] ?? 0, file[at + 1] ?? 0, file[at] ?? 0)
    }
  }
  return painterByMasks(file, dib)
}

function painterByMasks(file: Uint8Array, dib: Dib): PaintAt {
  const bytes = dib.bitsPerPixel / 8
  const [red, green, blue, alpha] = dib.masks.map(levels) as [Levels, Levels, Levels, Levels] // four masks
  const isOpaque = !showsAlpha(file, dib)
  return (at, row) => {
    for (let x = 0; x < row.length; x++, at += bytes) {
      const low = (file[at] ?? 0) | ((file[at + 1] ?? 0) << 8)
      const word = bytes === 2 ? low : low | ((file[at + 2] ?? 0) << 16) | ((file[at + 3] ?? 0) << 24)
      row[x] = pixel(red(word), green(word), blue(word), isOpaque ? 255 : alpha(word))
    }
  }
}

type Levels = (word: number) => number

/** The level that the bits of a mask stand for: 0 to 255. */
function levels(mask: number): Levels {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  const scale = 255 / most
  return (word) => Math.round(((word & mask) >>> shift) * scale)
}

/** Whether there is alpha, and not 0 everywhere: that is what programs write that know no alpha. */
export function showsAlpha(file: Uint8Array, { masks, pixelsAt, bitsPerPixel, width, height }: Dib): boolean {
  const [, , , mask] = masks
  if (mask === 0 || bitsPerPixel < 16) return false
  const bytes = bitsPerPixel / 8
  const rowBytes = dibRowBytes({ width, bitsPerPixel })
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = pixelsAt + y * rowBytes; x < width; x++, at += bytes) {
      if (at >= file.length) return false
      const low = (file[at] ?? 0) | ((file[at + 1] ?? 0) << 8)
      if (((bytes === 2 ? low : low | ((file[at + 2] ?? 0) << 16) | ((file[at + 3] ?? 0) << 24)) & mask) !== 0) return true
    }
  }
  return false
}

/** Colours beyond the table are black. */
function readPalette(file: Uint8Array, { palette }: Dib): Uint32Array {
  const colours = new Uint32Array(256).fill(pixel(0, 0, 0))
  for (let i = 0; palette && i < palette.colours; i++) {
    const at = palette.start + i * palette.entryBytes
    colours[i] = pixel(file[at + 2] ?? 0, file[at + 1] ?? 0, file[at] ?? 0)
  }
  return colours
}
