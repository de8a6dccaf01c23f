import { ascii, startsWith } from '../../engine/bytes.ts'
import { gifBlocks, GRAPHIC_CONTROL, IMAGE, readScreen } from '../../engine/gif/blocks.ts'

const APPLICATION = 0xff
const TRAILER = Uint8Array.of(0x3b)
/** How often an animation plays, behind the length of the name. */
const LOOPS = [ascii('\x0bNETSCAPE2.0'), ascii('\x0bANIMEXTS1.0')]

/** A GIF with nothing but its frames, their times and how often they play, in parts. `null` when it is cut short. It has no profile. */
export function bareGif(file: Uint8Array): readonly Uint8Array[] | null {
  let behind = readScreen(file).blocksAt
  const parts: Uint8Array[] = [file.subarray(0, behind)]
  for (const { kind, start, end, isCut } of gifBlocks(file)) {
    if (isCut) return null
    const isLoop = kind === APPLICATION && LOOPS.some((name) => startsWith(file.subarray(start + 2), name))
    if (kind === IMAGE || kind === GRAPHIC_CONTROL || isLoop) parts.push(file.subarray(start, end))
    behind = end
  }
  while (file[behind] === 0) behind++
  return behind < file.length ? [...parts, TRAILER] : null
}
