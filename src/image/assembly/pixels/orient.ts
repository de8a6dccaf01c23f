/**
 * Copies `rows` rows of `width` samples out of a plane that is turned: the sample at (x, y) is at `source + x × stepX + y × stepY`, steps of
 * either sign. Goes down before it goes on, so that a transposed plane, whose `stepY` is 1 or −1, is read along its rows.
 */
export function turnPlane(source: usize, stepX: isize, stepY: isize, target: usize, stride: usize, width: i32, rows: i32): void {
  for (let x = 0; x < width; x++, source += stepX, target++) {
    let from = source
    let to = target
    for (let y = 0; y < rows; y++, from += stepY, to += stride) store<u8>(to, load<u8>(from))
  }
}
