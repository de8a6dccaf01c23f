/** One table of 256 levels for each of red, green and blue. */
export type LookUpTables = readonly [red: Uint8Array, green: Uint8Array, blue: Uint8Array]

/** Three tables from one function of the level, 0–255; clamped and rounded as `Uint8ClampedArray` does. */
export function tableOf(level: (value: number) => number): Uint8Array {
  return new Uint8Array(Uint8ClampedArray.from({ length: 256 }, (_, value) => level(value)))
}
