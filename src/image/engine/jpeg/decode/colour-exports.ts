/** What the conversion of rows to RGBA calls in the WASM core; see src/image/assembly/jpeg/ycc-to-rgb.ts. Numbers are byte offsets or counts. */
export interface ColourExports {
  yccToRgbaRow(y: number, cb: number, cr: number, out: number, pixels: number): void
  rgbToRgbaRow(r: number, g: number, b: number, out: number, pixels: number): void
  grayToRgbaRow(gray: number, out: number, pixels: number): void
  cmykToRgbaRow(c: number, m: number, y: number, k: number, out: number, pixels: number): void
  cmykToInkRow(c: number, m: number, y: number, k: number, out: number, pixels: number): void
  addInkRow(rgba: number, k: number, pixels: number): void
  inkRgbaRow(rgba: number, k: number, pixels: number): void
  upsampleAcross(row: number, out: number, width: number): void
  upsampleAcrossDown(near: number, far: number, out: number, width: number): void
  upsampleDown(near: number, far: number, out: number, width: number, bias: number): void
  upsampleNearest(row: number, out: number, pixels: number, step: number, phase: number, last: number): void
  upsampleTwice(row: number, out: number, width: number): void
}
