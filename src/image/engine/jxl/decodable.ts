import { writeBits } from './bit-writer.ts'
import { readBits } from './bits.ts'
import type { JxlHeader } from './header.ts'

/** Samples of 16 bits, as they are said: no float, none of the usual numbers, 15 + 1. */
const DEEP = { value: 0b1111_110, bits: 1 + 2 + 6 }
/** Bytes that the header may grow by. */
const ROOM = 2

/**
 * The codestream as its decoder should read it, in two parts: upright, for our rows turn, joined with turns of the plan; and with samples of 16 bits where the
 * decoder would give light with 8, or floats. @param end of the header and its profile, in bits: frames begin at the
 * next whole byte.
 */
export function decodable(
  codestream: Uint8Array,
  { orientation, places }: JxlHeader,
  end: number,
  isDeepened: boolean,
): readonly Uint8Array[] {
  if (!places || (orientation === 1 && !isDeepened)) return [codestream]
  const from = readBits(codestream)
  const framesAt = Math.ceil(end / 8)
  const to = writeBits(framesAt + ROOM)
  const copy = (upTo: number): void => {
    for (let left = upTo - from.at; left > 0; left = upTo - from.at) {
      const count = Math.min(left, 32)
      to.bits(from.bits(count), count)
    }
  }
  if (places.orientation) {
    copy(places.orientation.start)
    to.bits(0, places.orientation.end - places.orientation.start)
    from.skip(places.orientation.end - places.orientation.start)
  }
  if (isDeepened) {
    copy(places.depth.start)
    to.bits(DEEP.value, DEEP.bits)
    from.skip(places.depth.end - places.depth.start)
  }
  copy(end)
  return [to.all(), codestream.subarray(framesAt)]
}
