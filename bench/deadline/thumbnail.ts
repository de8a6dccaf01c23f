/** A JPEG with an EXIF block that holds nothing but a thumbnail, as cameras write it (EXIF 2.32 §4.5.5). */
export function withThumbnail(file: Uint8Array, thumbnail: Uint8Array): Buffer {
  const entry = (tag: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(4, 2)
    bytes.writeUInt32LE(1, 4)
    bytes.writeUInt32LE(value, 8)
    return bytes
  }
  // An empty first directory at 8, the second at 14 with two entries, the thumbnail behind.
  const [second, behind] = [14, 14 + 2 + 2 * 12 + 4]
  const tiff = Buffer.concat([
    Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, second, 0, 0, 0, 2, 0]),
    entry(0x0201, behind),
    entry(0x0202, thumbnail.length),
    Buffer.alloc(4),
    thumbnail,
  ])
  const length = 2 + 6 + tiff.length
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, length >> 8, length & 255]), Buffer.from('Exif\0\0', 'latin1'), tiff])
  return Buffer.concat([file.subarray(0, 2), segment, file.subarray(2)])
}
