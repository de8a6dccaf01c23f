import { giveBack, type Parts } from '../../parts.ts'
import type { Vp8EncoderCore } from './exports.ts'
import type { Segment } from './quality.ts'

/** Tokens that may wait for the probabilities that fit them; those of a larger picture fit its beginning. */
const MAX_WAITING_BYTES = 6 * 1024 * 1024
/** Upper bounds of a macroblock's tokens and modes in the core, and of bits that either may become. */
export const MACROBLOCK_TOKEN_BYTES = 829
export const MACROBLOCK_MODE_BYTES = 9
/** A header with all its probabilities, and what is left of the coder at the end. */
const HEADER_BYTES = 4096

/** Core memory of the rows that are written: tokens and modes of a row, and the bits that they become. */
export const rowBufferBytes = (across: number): number =>
  across * (2 * MACROBLOCK_TOKEN_BYTES + 2 * MACROBLOCK_MODE_BYTES) + HEADER_BYTES + 3 * 64

/** Memory beside the core, of tokens and modes that wait. */
export const waitingBytes = (across: number, down: number): number =>
  Math.min(across * down, MAX_WAITING_BYTES / MACROBLOCK_TOKEN_BYTES + across) * MACROBLOCK_TOKEN_BYTES +
  across * down * MACROBLOCK_MODE_BYTES

/** What becomes of a row's tokens and modes. */
export interface Partitions {
  /** Where the core writes the row's tokens and modes. */
  readonly tokens: number
  readonly modes: number
  /** Takes a row that has been encoded: the ends of both. */
  keepRow(tokensEnd: number, modesEnd: number): void
  /** Ends both partitions, a few rows at a time; answers the first, which has the header. */
  finishing(segments: readonly Segment[], counts: readonly number[], skipped: number): Generator<void, Uint8Array<ArrayBuffer>[]>
}

/** Rows that are written when one is taken, as long as some wait though the probabilities stand. */
const ROWS_AT_ONCE = 4

/** Keeps rows until the picture's end, or until they are too many; `tokenParts` takes the second partition. */
export function createPartitions(core: Vp8EncoderCore, across: number, tokenParts: Parts): Partitions {
  const { exports } = core
  const tokens = core.alloc(across * MACROBLOCK_TOKEN_BYTES + 16)
  const modes = core.alloc(across * MACROBLOCK_MODE_BYTES + 16)
  const output = core.alloc(across * (MACROBLOCK_TOKEN_BYTES + MACROBLOCK_MODE_BYTES) + HEADER_BYTES)
  const waiting: Uint8Array<ArrayBuffer>[] = []
  const modeRows: Uint8Array<ArrayBuffer>[] = []
  let waitingBytes = 0
  let isFixed = false

  const copy = (from: number, to: number): Uint8Array<ArrayBuffer> => core.bytes().slice(from, to) as Uint8Array<ArrayBuffer>
  const written = (end: number, to: Pick<Parts, 'add'>): void => {
    if (end > output) to.add(copy(output, end))
  }
  /** The probabilities stand from now on. */
  const fix = (): void => {
    exports.vp8FixProbabilities()
    exports.vp8StartBits()
    isFixed = true
  }
  const writeWaiting = (): void => {
    const row = waiting.shift()
    if (!row) return
    core.bytes().set(row, tokens)
    giveBack(row)
    written(exports.vp8WriteTokens(tokens, output), tokenParts)
  }
  return {
    tokens,
    modes,
    keepRow(tokensEnd, modesEnd) {
      modeRows.push(copy(modes, modesEnd))
      waiting.push(copy(tokens, tokensEnd))
      waitingBytes += tokensEnd - tokens
      if (!isFixed && waitingBytes > MAX_WAITING_BYTES) fix()
      for (let row = 0; isFixed && row < ROWS_AT_ONCE; row++) writeWaiting()
    },
    *finishing(segments, counts, skipped) {
      if (!isFixed) fix()
      for (; waiting.length > 0; yield) writeWaiting()
      written(exports.vp8FinishBits(output), tokenParts)
      const first: Uint8Array<ArrayBuffer>[] = []
      const parts = { add: (part: Uint8Array<ArrayBuffer>) => void first.push(part) }
      const macroblocks = counts.reduce((sum, count) => sum + count, 0)
      const skip = share(macroblocks - skipped, macroblocks)
      const [flattest = 0, flat = 0, lively = 0, liveliest = 0] = counts
      const tree = [share(flattest + flat, macroblocks), share(flattest, flattest + flat), share(lively, lively + liveliest)] as const
      exports.vp8StartBits()
      written(writeHeader(core, segments, tree, skip, output), parts)
      for (const row of modeRows.splice(0)) {
        core.bytes().set(row, modes)
        giveBack(row)
        written(exports.vp8WriteModes(modes, skip, tree[0] | (tree[1] << 8) | (tree[2] << 16), output), parts)
        yield
      }
      written(exports.vp8FinishBits(output), parts)
      return first
    },
  }
}

/** The probability, in 1/256, of what happened `count` of `of` times. */
const share = (count: number, of: number): number => Math.max(1, Math.min(255, Math.round((256 * count) / Math.max(1, of))))

/** RFC 6386 §9.2 to §9.11 of a key frame. */
function writeHeader(
  { exports }: Vp8EncoderCore,
  segments: readonly Segment[],
  tree: readonly number[],
  skip: number,
  output: number,
): number {
  let at = output
  const put = (value: number, bits: number): void => {
    at = exports.vp8PutLiteral(value, bits, at)
  }
  put(0, 1) // colour space: YCbCr
  put(0, 1) // samples need clamping
  put(0b111, 3) // segments, told for each macroblock, with these settings
  put(1, 1) // that stand for themselves
  for (const { quantiser } of segments) put((1 << 8) | (quantiser << 1), 9)
  for (const { filter } of segments) put((1 << 7) | (filter << 1), 8)
  for (const probability of tree) put((1 << 8) | probability, 9)
  put(0, 1) // the normal loop filter
  put(Math.max(...segments.map(({ filter }) => filter)), 6)
  put(0, 3) // its sharpness
  put(0, 1) // no adjustments of it
  put(0, 2) // one partition of tokens
  put(segments[0]?.quantiser ?? 0, 7)
  put(0, 5) // no other index for luma's DC, the DCs' DC and AC, chroma's DC and AC
  put(0, 1) // the probabilities are this frame's alone
  at = exports.vp8WriteProbabilities(at)
  put(1, 1) // macroblocks may be skipped
  put(skip, 8)
  return at
}
