import { ascii, startsWith } from '../../engine/bytes.ts'
import { DHT, DQT, DRI, endOfScan, EOI, isStartOfFrame, nextSegment, SOS } from '../../engine/jpeg/markers.ts'

const [APP0, APP2, APP14, DNL] = [0xe0, 0xe2, 0xee, 0xdc]
const [JFIF_NAME, ADOBE, ICC] = [ascii('JFIF\0'), ascii('Adobe'), ascii('ICC_PROFILE\0')]
const START = Uint8Array.of(0xff, 0xd8)
const END = Uint8Array.of(0xff, EOI)
/** JFIF 1.1 without a density and a thumbnail: that the colours are YCbCr. */
const JFIF = Uint8Array.of(0xff, APP0, 0, 16, ...JFIF_NAME, 1, 1, 0, 0, 1, 0, 1, 0, 0)
const TABLES: readonly number[] = [DQT, DHT, DRI, DNL]

/**
 * A JPEG with nothing but its picture, and its profile where that is wanted: its own scans and tables, in parts. Whatever else is in it, in its segments,
 * between or behind them, is left out. `null` when its end is missing, or when it has more than 8 bits, which few viewers know.
 */
export function bareJpeg(file: Uint8Array, withProfile: boolean): readonly Uint8Array[] | null {
  const parts: Uint8Array[] = [START]
  for (let at = 2; ;) {
    const segment = nextSegment(file, at)
    if (!segment || segment.isCut) return null
    const { code, start, end } = segment
    if (code === EOI) return [...parts, END]
    const data = file.subarray(start, end)
    if (isStartOfFrame(code) && data[0] !== 8) return null
    at = code === SOS ? endOfScan(file, end) : end
    if (code === APP0 && startsWith(data, JFIF_NAME)) parts.push(JFIF)
    const isColour = (code === APP14 && startsWith(data, ADOBE)) || (withProfile && code === APP2 && startsWith(data, ICC))
    if (code === SOS || isColour || TABLES.includes(code) || isStartOfFrame(code)) parts.push(file.subarray(start - 4, at))
  }
}
