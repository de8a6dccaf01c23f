// XMP in a GIF (XMP part 3 §1.1.2). EXIF has no place in it: of that author and copyright go into the XMP.
import { ascii, concat, startsWith } from '../engine/bytes.ts'
import { gifBlocks } from '../engine/gif/blocks.ts'
import type { Carried } from './carried.ts'
import { xmpWithRights } from './xmp.ts'

const APPLICATION = Uint8Array.of(0x21, 0xff)
/** The length of the name, and the name. */
const XMP = ascii('\x0bXMP DataXMP')
/** Whatever byte of the packet a reader takes for a length, it comes to a zero among these, and then to the end. */
const BEHIND_PACKET = Uint8Array.from([1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0])
const TRAILER_BYTES = 1

/** The XMP packet of a GIF; `null` when it has none. */
export function xmpOfGif(file: Uint8Array): Uint8Array | null {
  for (const { start, end, isCut } of gifBlocks(file)) {
    const from = start + APPLICATION.length
    if (isCut || !startsWith(file.subarray(start), APPLICATION) || !startsWith(file.subarray(from), XMP)) continue
    const packet = file.subarray(from + XMP.length, Math.max(from + XMP.length, end - BEHIND_PACKET.length))
    return packet.length > 0 ? packet : null
  }
  return null
}

/** Puts metadata in front of the trailer of a GIF. */
export function embedInGif(file: Uint8Array, { exif, xmp }: Carried): Uint8Array {
  const packet = exif ? xmpWithRights(xmp, exif) : xmp
  if (!packet) return file.slice()
  const trailerAt = file.length - TRAILER_BYTES
  return concat([file.subarray(0, trailerAt), APPLICATION, XMP, packet, BEHIND_PACKET, file.subarray(trailerAt)])
}
