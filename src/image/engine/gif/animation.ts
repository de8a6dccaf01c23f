import { EXTENSION, gifFrames, readScreen, skipSubBlocks } from './blocks.ts'

/** How an animation runs. */
export interface GifAnimation {
  readonly durationMs: number
  /** How often it plays; 0: without end. */
  readonly plays: number
}

const APPLICATION = 0xff
/** The names under which browsers look for a count. */
const LOOPING = ['NETSCAPE2.0', 'ANIMEXTS1.0']

/** The frames' times as they are stored, and the count of the looping extension, which repeats what has played once. Walks over all blocks. */
export function gifAnimation(file: Uint8Array): GifAnimation {
  const screen = readScreen(file)
  let centiseconds = 0
  for (const { delay } of gifFrames(file, screen)) centiseconds += delay
  return { durationMs: centiseconds * 10, plays: playsOf(file, screen.blocksAt) }
}

/** Of the extensions before the first frame, where writers put it. */
function playsOf(file: Uint8Array, blocksAt: number): number {
  for (let at = blocksAt; file[at] === EXTENSION; at = skipSubBlocks(file, at + 2).end) {
    const isLooping = file[at + 1] === APPLICATION && LOOPING.includes(String.fromCharCode(...file.subarray(at + 3, at + 14)))
    if (!isLooping || file[at + 14] !== 3 || file[at + 15] !== 1) continue
    const repeats = (file[at + 16] ?? 0) | ((file[at + 17] ?? 0) << 8)
    return repeats === 0 ? 0 : repeats + 1
  }
  return 1
}
