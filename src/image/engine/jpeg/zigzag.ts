/** Natural (row by row) index of each coefficient in zigzag order: figure A.6 of the standard, diagonals that alternate upwards and downwards. */
export const ZIGZAG: readonly number[] = zigzag()

function zigzag(): number[] {
  const order: number[] = []
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let i = 0; i <= diagonal; i++) {
      const [row, column] = diagonal % 2 === 0 ? [diagonal - i, i] : [i, diagonal - i]
      if (row < 8 && column < 8) order.push(row * 8 + column)
    }
  }
  return order
}
