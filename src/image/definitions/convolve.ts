/** Weights row by row, nine of them; weight (j, i) belongs to the neighbour at row y − 1 + j, column x − 1 + i (not mirrored). */
export interface Kernel3 {
  readonly weights: readonly number[]
  readonly divisor: number
  readonly offset: number
}
