// What a coded bit costs, in 1/256 bit.

/** Cost of a bit of probability p / 256, 257 u16; the driver fills it. */
export const bitCosts: usize = memory.data(257 * 2 + 14, 16)

export function vp8BitCosts(): usize {
  return bitCosts
}

@inline
export function bitCost(bit: i32, probability: i32): i32 {
  return load<u16>(bitCosts + ((<usize>(bit ? 256 - probability : probability)) << 1))
}
