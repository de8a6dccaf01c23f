/** A value of a directory; `type` is ASCII when absent. */
export interface Value {
  readonly tag: number
  readonly type?: number
  readonly count?: number
  readonly bytes: readonly number[]
}

/** An EXIF block of one directory; values of more than four bytes lie behind it. */
export function tiff(values: readonly Value[], little = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + 6 + values.length * 12 + values.reduce((sum, { bytes }) => sum + bytes.length, 0)))
  const bytes = new Uint8Array(view.buffer)
  view.setUint16(0, little ? 0x4949 : 0x4d4d)
  view.setUint16(2, 42, little)
  view.setUint32(4, 8, little)
  view.setUint16(8, values.length, little)
  let behind = 14 + values.length * 12
  for (const [i, { tag, type = 2, bytes: value, count = value.length }] of values.entries()) {
    const at = 10 + i * 12
    view.setUint16(at, tag, little)
    view.setUint16(at + 2, type, little)
    view.setUint32(at + 4, count, little)
    if (value.length <= 4) bytes.set(value, at + 8)
    else {
      view.setUint32(at + 8, behind, little)
      bytes.set(value, behind)
      behind += value.length
    }
  }
  return bytes
}

export const ascii = (text: string): number[] => [...Buffer.from(`${text}\0`)]
