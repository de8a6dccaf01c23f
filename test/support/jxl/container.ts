import type { Bytes } from '../pictures.ts'

/** A box of ISO base media files. */
export function boxOf(type: string, ...parts: readonly (Uint8Array | readonly number[])[]): Bytes {
  const payload = parts.flatMap((part) => [...part])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(8 + payload.length)
  return Uint8Array.from([...size, ...Buffer.from(type), ...payload])
}

/** A file of JPEG XL in boxes. */
export const container = (boxes: readonly Uint8Array[]): Bytes =>
  Uint8Array.from(
    [boxOf('JXL ', [0x0d, 0x0a, 0x87, 0x0a]), boxOf('ftyp', Buffer.from('jxl \0\0\0\0jxl ')), ...boxes].flatMap((box) => [...box]),
  )
