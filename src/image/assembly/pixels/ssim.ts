// Structural similarity of two pictures' luma; src/image/definitions/ssim.ts has it in plain words.

/** Sums of 4×4 samples, i32 each: of the first picture, of the second, of both squares together, of the products. */
const CELL: usize = 16
/** Samples of a window, and its constants (0.01 · 255)² and (0.03 · 255)² times its samples and their square. */
const N: f64 = 64
const C1: f64 = 6.5025 * N * N
const C2: f64 = 58.5225 * N * N

/** RGBA to luma, as it is seen on white. */
export function ssimLumaRow(from: usize, to: usize, pixels: usize): void {
  for (const end = from + (pixels << 2); from < end; from += 4, to++) {
    const v = load<u32>(from)
    const luma = (77 * (v & 255) + 150 * ((v >> 8) & 255) + 29 * ((v >> 16) & 255) + 128) >> 8
    const alpha = v >> 24
    store<u8>(to, (luma * alpha + 255 * (255 - alpha) + 127) / 255)
  }
}

/** The cells of four rows. */
function sumCells(a: usize, b: usize, stride: usize, cells: i32, to: usize): void {
  for (let i = 0; i < cells; i++, a += 4, b += 4, to += CELL) {
    let sums = i32x4.splat(0)
    let squares = i32x4.splat(0)
    let products = i32x4.splat(0)
    for (let row: usize = 0; row < 4; row++) {
      const p = i16x8.extend_low_i8x16_u(v128.load32_zero(a + row * stride))
      const q = i16x8.extend_low_i8x16_u(v128.load32_zero(b + row * stride))
      const both = v128.or(p, i8x16.shuffle(q, q, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(both))
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(both, both))
      products = i32x4.add(products, i32x4.dot_i16x8_s(p, q))
    }
    store<i32>(to, i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1))
    store<i32>(to, i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3), 4)
    const squared = i32x4.extract_lane(squares, 0) + i32x4.extract_lane(squares, 1) + i32x4.extract_lane(squares, 2)
    store<i32>(to, squared + i32x4.extract_lane(squares, 3), 8)
    store<i32>(to, i32x4.extract_lane(products, 0) + i32x4.extract_lane(products, 1), 12)
  }
}

/** A window of two by two cells. */
function similarity(above: usize, below: usize): f64 {
  const sums = i32x4.add(i32x4.add(v128.load(above), v128.load(above, CELL)), i32x4.add(v128.load(below), v128.load(below, CELL)))
  const a = <f64>i32x4.extract_lane(sums, 0)
  const b = <f64>i32x4.extract_lane(sums, 1)
  const squares = <f64>i32x4.extract_lane(sums, 2)
  const products = <f64>i32x4.extract_lane(sums, 3)
  const means = a * a + b * b
  return ((2 * a * b + C1) * (2 * (N * products - a * b) + C2)) / ((means + C1) * (N * squares - means + C2))
}

/** The mean over all windows of two planes of equal stride. `cells`: room for two rows of them, ⌊width / 4⌋ each. Sides of at least 8. */
export function ssimPlanes(a: usize, b: usize, stride: usize, width: i32, height: i32, cells: usize): f64 {
  const across = width >> 2
  const down = height >> 2
  const rowBytes = <usize>across * CELL
  sumCells(a, b, stride, across, cells)
  let sum: f64 = 0
  for (let y = 1; y < down; y++) {
    const above = cells + <usize>((y - 1) & 1) * rowBytes
    const below = cells + <usize>(y & 1) * rowBytes
    const from = <usize>(y << 2) * stride
    sumCells(a + from, b + from, stride, across, below)
    for (let x: usize = 0; x < <usize>(across - 1); x++) sum += similarity(above + x * CELL, below + x * CELL)
  }
  return sum / (<f64>(across - 1) * <f64>(down - 1))
}
