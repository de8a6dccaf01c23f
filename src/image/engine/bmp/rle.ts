import type { Dib } from './dib.ts'

/** Where a row's codes begin, and at which pixel; -1: it has none. */
export interface RleRows {
  readonly at: Int32Array
  readonly x: Int32Array
  /** Whether the codes end as they should. */
  readonly isWhole: boolean
}

/** Memory of the list. */
export const rleRowsBytes = ({ height }: Pick<Dib, 'height'>): number => 8 * height

const [END_OF_ROW, END, MOVE] = [0, 1, 2]

/** Bytes of `count` pixels that are not repeated: an even number. */
const literalBytes = (count: number, coding: Dib['coding']): number => {
  const bytes = coding === 'rle4' ? (count + 1) >> 1 : count
  return bytes + (bytes & 1)
}

/**
 * Walks through all codes and lists where each stored row begins: with that list rows can be read from the last to the first, without the picture in memory.
 * Source: Windows GDI, "Bitmap Compression".
 */
export function listRleRows(file: Uint8Array, { height, pixelsAt, coding }: Dib): RleRows {
  const [starts, from] = [new Int32Array(height).fill(-1), new Int32Array(height)]
  let [at, x, y] = [pixelsAt, 0, 0]
  const begin = (): void => {
    if (y >= height || starts[y] !== -1) return
    starts[y] = at
    from[y] = x
  }
  begin()
  while (at + 2 <= file.length && y < height) {
    const [count, value] = [file[at] as number, file[at + 1] as number] // inside
    at += 2
    if (count > 0) x += count
    else if (value === END) return { at: starts, x: from, isWhole: true }
    else if (value === END_OF_ROW) {
      ;[x, y] = [0, y + 1]
      begin()
    } else if (value === MOVE) {
      const up = file[at + 1] ?? 0
      ;[x, y, at] = [x + (file[at] ?? 0), y + up, at + 2]
      if (up > 0) begin()
    } else {
      x += value
      at += literalBytes(value, coding)
    }
  }
  return { at: starts, x: from, isWhole: y >= height }
}

/** Writes the indices of a stored row. Pixels that no code names are 0; what reaches beyond the row is left out. */
export function readRleRow(file: Uint8Array, { coding }: Dib, rows: RleRows, y: number, to: Uint8Array): void {
  to.fill(0)
  let [at, x] = [rows.at[y] ?? -1, rows.x[y] ?? 0]
  if (at < 0) return
  const isNibbles = coding === 'rle4'
  while (at + 2 <= file.length) {
    const [count, value] = [file[at] as number, file[at + 1] as number] // inside
    at += 2
    if (count > 0) {
      for (let i = 0; i < count; i++) to[x++] = isNibbles ? ((i & 1) === 0 ? value >> 4 : value & 15) : value
    } else if (value === END_OF_ROW || value === END) return
    else if (value === MOVE) {
      if ((file[at + 1] ?? 0) > 0) return
      x += file[at] ?? 0
      at += 2
    } else {
      for (let i = 0; i < value; i++) {
        const byte = file[at + (isNibbles ? i >> 1 : i)] ?? 0
        to[x++] = isNibbles ? ((i & 1) === 0 ? byte >> 4 : byte & 15) : byte
      }
      at += literalBytes(value, coding)
    }
  }
}
