/** A plane of a byte a pixel that is kept row by row. */
export interface KeptPlane {
  /** Keeps a copy of the next row. */
  add(row: Uint8Array): void
  /** All rows, from the first on; each is valid until the next. */
  rows(): Generator<Uint8Array>
}

/** Rows are kept as runs (pairs of length − 1 and value) where that is shorter, and once when they repeat. */
export function createKeptPlane(width: number): KeptPlane {
  const rows: Uint8Array[] = []
  const last = new Uint8Array(width)
  return {
    add(row) {
      const previous = rows.at(-1)
      rows.push(previous && isEqual(row, last) ? previous : shortest(row))
      last.set(row)
    },
    *rows() {
      const plain = new Uint8Array(width)
      let unpacked: Uint8Array | undefined
      for (const row of rows) {
        if (row !== unpacked) unpack(row, plain)
        unpacked = row
        yield plain
      }
    },
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let x = 0; x < a.length; x++) if (a[x] !== b[x]) return false
  return true
}

function shortest(row: Uint8Array): Uint8Array {
  const runs: number[] = []
  for (let x = 0; x < row.length && runs.length < row.length;) {
    const value = row[x] as number
    let length = 1
    while (length < 256 && row[x + length] === value) length++
    runs.push(length - 1, value)
    x += length
  }
  // Runs are fewer bytes than the row has, so that its length tells which it is.
  return runs.length < row.length ? Uint8Array.from(runs) : row.slice()
}

function unpack(row: Uint8Array, to: Uint8Array): void {
  if (row.length === to.length) return to.set(row)
  let x = 0
  for (let at = 0; at < row.length; at += 2) {
    const end = x + (row[at] as number) + 1
    to.fill(row[at + 1] as number, x, end)
    x = end
  }
}
