import { crc32, deflateSync } from 'node:zlib'

export type PngHeader = { readonly width: number; readonly height: number; readonly bitDepth: number; readonly colourType: number }

/** A chunk of PNG: length, type, data, checksum over type and data. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** A PNG file around `rows`: each a filter byte and packed samples. They need not fit the header. */
export function pngFile({ width, height, bitDepth, colourType }: PngHeader, rows: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, bitDepth, colourType, 0, 0, 0])
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const parts = [signature, pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', new Uint8Array(0))]
  return new Uint8Array(Buffer.concat(parts))
}
