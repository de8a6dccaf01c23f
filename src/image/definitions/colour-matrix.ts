/** Three rows (red, green, blue out) of four: the weights of red, green, blue in, and a constant in levels. */
export type ColourMatrix = readonly [
  ...red: readonly [number, number, number, number],
  ...green: readonly [number, number, number, number],
  ...blue: readonly [number, number, number, number],
]
