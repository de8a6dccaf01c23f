import { ascii, startsWith } from '../../engine/bytes.ts'
import { EXTENSION, readScreen, skipSubBlocks } from '../../engine/gif/blocks.ts'

const [GRAPHIC_CONTROL, APPLICATION, IMAGE] = [0xf9, 0xff, 0x2c]
const DESCRIPTOR_BYTES = 9
const TRAILER = Uint8Array.of(0x3b)
/** How often an animation plays, behind the length of the name. */
const LOOPS = [ascii('\x0bNETSCAPE2.0'), ascii('\x0bANIMEXTS1.0')]

/** A GIF with nothing but its frames, their times and how often they play, in parts. `null` when it is cut short. It has no profile. */
export function bareGif(file: Uint8Array): readonly Uint8Array[] | null {
  const { blocksAt } = readScreen(file)
  const parts: Uint8Array[] = [file.subarray(0, blocksAt)]
  for (let at = blocksAt; ;) {
    while (file[at] === 0) at++
    const [kind, label] = [file[at], file[at + 1]]
    if (kind !== EXTENSION && kind !== IMAGE) return at < file.length ? [...parts, TRAILER] : null
    const { end, isCut } = skipSubBlocks(file, kind === IMAGE ? dataAt(file, at) : at + 2)
    if (isCut) return null
    const isLoop = label === APPLICATION && LOOPS.some((name) => startsWith(file.subarray(at + 2), name))
    if (kind === IMAGE || label === GRAPHIC_CONTROL || isLoop) parts.push(file.subarray(at, end))
    at = end
  }
}

/** Of an image's first sub-block: behind its descriptor, its own colours and the size of its first codes. */
function dataAt(file: Uint8Array, at: number): number {
  const flags = file[at + DESCRIPTOR_BYTES] ?? 0
  return at + 1 + DESCRIPTOR_BYTES + ((flags & 0x80) === 0 ? 0 : 3 * (2 << (flags & 7))) + 1
}
