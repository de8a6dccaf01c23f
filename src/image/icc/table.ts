import type { Triple } from './matrix.ts'

/** Three values for each point of a lattice over three or four inputs. */
export interface Table {
  /** Points along each input, two or more. */
  readonly sides: readonly number[]
  /** 0 to 1 each; the last input varies fastest. */
  readonly samples: Float32Array
}

/** Reads a table between its points, at 0 to 1 along each input: linear along the first of four inputs, within tetrahedra along the last three. */
export function tableReader({ sides, samples }: Table): (at: ArrayLike<number>) => Triple {
  const inputs = sides.length
  const strides = sides.map((_, i) => sides.slice(i + 1).reduce((product, side) => product * side, 3))
  const shares = new Float64Array(inputs)
  /** The steps from a cell's first corner to its last, the one along the input with the largest share first. */
  const order = [inputs - 3, inputs - 2, inputs - 1]
  const byShare = (a: number, b: number): number => (shares[b] ?? 0) - (shares[a] ?? 0)
  const inCell = (first: number): number => {
    let at = first
    let from = samples[at] ?? 0
    let value = from
    for (const input of order) {
      at += strides[input] ?? 0
      const to = samples[at] ?? 0
      value += (to - from) * (shares[input] ?? 0)
      from = to
    }
    return value
  }
  return (at) => {
    let first = 0
    for (let i = 0; i < inputs; i++) {
      const cells = (sides[i] ?? 2) - 1
      const position = (at[i] ?? 0) * cells
      const cell = Math.min(Math.floor(position), cells - 1)
      shares[i] = position - cell
      first += cell * (strides[i] ?? 0)
    }
    order.sort(byShare)
    if (inputs === 3) return [inCell(first), inCell(first + 1), inCell(first + 2)]
    const mixed = (corner: number): number => {
      const near = inCell(corner)
      return near + (inCell(corner + (strides[0] ?? 0)) - near) * (shares[0] ?? 0)
    }
    return [mixed(first), mixed(first + 1), mixed(first + 2)]
  }
}
