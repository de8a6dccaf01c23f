// The filters of alpha planes undone (RFC 9649 §2.7.1.2), a byte a pixel.

const HORIZONTAL: u32 = 1
const VERTICAL: u32 = 2

/**
 * Undoes the filter of the row at `row`, in place. `above` is the row above, 0 for the first. Up to 15 bytes behind the rows may be touched.
 * @param filter 1 horizontal, 2 vertical, 3 gradient.
 */
export function alphaUnfilter(filter: u32, row: usize, above: usize, width: u32): void {
  if (above == 0) return horizontal(row, 0, width)
  if (filter == HORIZONTAL) return horizontal(row, load<u8>(above), width)
  if (filter == VERTICAL) return vertical(row, above, width)
  gradient(row, above, width)
}

/** Running sums of sixteen bytes at once: shifted by one, two, four and eight. `before` stands for the byte on the left of the first. */
function horizontal(row: usize, before: u32, width: u32): void {
  const zero = i8x16.splat(0)
  let a = i8x16.splat(<i8>before)
  for (const end = row + width; row < end; row += 16) {
    let x = v128.load(row)
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30))
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29))
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27))
    x = i8x16.add(x, i8x16.shuffle(zero, x, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23))
    x = i8x16.add(x, a)
    v128.store(row, x)
    a = i8x16.splat(<i8>i8x16.extract_lane_u(x, 15))
  }
}

function vertical(row: usize, above: usize, width: u32): void {
  for (const end = row + width; row < end; row += 16, above += 16) v128.store(row, i8x16.add(v128.load(row), v128.load(above)))
}

/** The bytes left and above less the one left above, kept within a byte; for the first, the one above. */
function gradient(row: usize, above: usize, width: u32): void {
  let corner = <i32>load<u8>(above)
  let left = corner
  for (let x: usize = 0; x < <usize>width; x++) {
    const top = <i32>load<u8>(above + x)
    left = (<i32>load<u8>(row + x) + min(255, max(0, left + top - corner))) & 255
    corner = top
    store<u8>(row + x, <u8>left)
  }
}
