import type { Raster } from '../../../raster.ts'
import type { JpegEncoderCore } from './frame.ts'
import { createJpegEncoder, type EncoderPlane, type JpegEncodeOptions, type JpegEncoder } from './encoder.ts'

/** Rows that travel into the core at a time: those of the largest MCU. */
const MAX_MCU_ROWS = 16

/** Encodes a raster; its alpha is ignored, so it must be flattened before. */
export function encodeRaster(core: JpegEncoderCore, raster: Raster, options: JpegEncodeOptions): Uint8Array {
  const mark = core.mark()
  try {
    const encoder = createJpegEncoder(core, raster, options)
    const fill = createRgbaInput(core, encoder, options)
    const rowBytes = raster.width * 4
    const rgba = core.alloc(rowBytes * MAX_MCU_ROWS + 32)
    const rows = encoder.planes[0]?.rowsPerMcu ?? 0
    for (let y = 0; y < raster.height; y += rows) {
      core.bytes().set(raster.data.subarray(y * rowBytes, Math.min(raster.height, y + rows) * rowBytes), rgba)
      fill(rgba, rowBytes, Math.min(rows, raster.height - y))
      encoder.encodeRow()
    }
    return encoder.finish()
  } finally {
    core.release(mark)
  }
}

/** Answers a function that converts `rows` rows of RGBA into the planes of an encoder that buffers one row of MCUs. */
function createRgbaInput(
  core: JpegEncoderCore,
  { planes }: JpegEncoder,
  { subsampling }: JpegEncodeOptions,
): (rgba: number, stride: number, rows: number) => void {
  const [luma, cb, cr] = planes as [EncoderPlane, EncoderPlane?, EncoderPlane?]
  const wasm = core.exports
  if (!cb || !cr) {
    return (rgba, stride, rows) => {
      for (let y = 0; y < rows; y++) wasm.rgbaToGray(rgba + y * stride, luma.ptr + y * luma.stride, luma.width)
    }
  }
  if (subsampling === '4:4:4') {
    return (rgba, stride, rows) => {
      for (let y = 0; y < rows; y++) {
        const [yRow, cbRow, crRow] = [luma, cb, cr].map((plane) => plane.ptr + y * plane.stride) as [number, number, number]
        wasm.rgbaToYcc(rgba + y * stride, yRow, cbRow, crRow, luma.width)
      }
    }
  }
  // Chroma at full size, two rows of each, with its last sample repeated to an even width.
  const wide = luma.stride + 16
  const full = core.alloc(wide * 4)
  return (rgba, stride, rows) => {
    const step = subsampling === '4:2:0' ? 2 : 1
    for (let y = 0; y < rows; y += step) {
      for (let i = 0; i < step; i++) {
        const from = rgba + Math.min(y + i, rows - 1) * stride
        wasm.rgbaToYcc(from, luma.ptr + (y + i) * luma.stride, full + i * wide, full + (2 + i) * wide, luma.width)
      }
      if (luma.width % 2 === 1) wasm.padRows(full, wide, 4, luma.width, luma.width + 1)
      ;[cb, cr].forEach((plane, i) => {
        const target = plane.ptr + (y / step) * plane.stride
        const source = full + i * 2 * wide
        if (step === 2) wasm.quarterRows(source, source + wide, target, plane.width)
        else wasm.halveRow(source, target, plane.width)
      })
    }
  }
}
