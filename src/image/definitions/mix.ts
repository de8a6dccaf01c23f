/** A colour with straight alpha, 0–255 each. */
export type Pixel = readonly [red: number, green: number, blue: number, alpha: number]

/** Mixes a colour into the pixel at an offset of a row, `share` 0–1 of it: each by its alpha, as light mixes. */
export function mixPixel(row: Uint8Array | Uint8ClampedArray, at: number, colour: Pixel, share: number): void {
  const own = (row[at + 3] as number) * (1 - share) // callers stay inside the row
  const other = colour[3] * share
  const alpha = own + other
  for (let c = 0; c < 3; c++)
    row[at + c] = alpha === 0 ? 0 : Math.round(((row[at + c] as number) * own + (colour[c] as number) * other) / alpha)
  row[at + 3] = Math.round(alpha)
}
