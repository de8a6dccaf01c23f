import { createParts } from '../../parts.ts'
import type { LosslessEncoderCore } from './exports.ts'
import { codeEntries, codeLengths } from './prefix-codes.ts'
import { extraBits, firstPrices, setPrices, symbolBits } from './prices.ts'
import { CODE_STARTS, codeSizes, getRecord, setRecord, SYMBOLS } from './record.ts'

export interface CoderOptions {
  /** Pixels in a row of the coded image. */
  readonly width: number
  /** The most pixels of a block. */
  readonly blockPixels: number
  /** Pixels that copies may reach back; a power of two. At least two rows and two pixels, or the whole image. */
  readonly windowPixels: number
  /** Bits of the colour cache's index, up to 11; 0: there is none. */
  readonly cacheBits: number
  /** How many earlier places are tried for a match. */
  readonly chain: number
  /** How often a block is parsed, each time by what the last time cost. */
  readonly passes: number
  /** One group of prefix codes for all; otherwise a new one begins where that pays. */
  readonly isOneGroup: boolean
  /** A group ends when it has so many tokens; they are kept until its codes are made. */
  readonly groupTokens: number
  /** A group begins at multiples of so many blocks. */
  readonly groupBlocks: number
}

/** Pixels that were coded. */
export interface Coded {
  /** Lengths of the five prefix codes of each group. */
  readonly groups: readonly (readonly Uint8Array[])[]
  /** For each block the number of its group. */
  readonly groupOfBlock: readonly number[]
  /** Bits, lowest first; what is missing of the last byte is 0. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[]
  readonly bits: number
}

/** Codes the pixels of an image, block by block: copies, cached colours and literals (RFC 9649 §3.6). */
export interface PixelCoder {
  /** Where the next block's pixels must lie when `code` is called; 64 bytes behind them may be touched. */
  readonly place: number
  code(pixels: number): void
  finish(): Coded
  /** About the bits of what was coded, when nothing was written yet. */
  estimatedBits(): number
}

const HASH_BYTES = 4 << 16
const TOKEN_BYTES = 8
/** Tokens that are written at a time. */
const WRITTEN_TOKENS = 8192
const SLACK = 64
/** Bytes of the block's lists a pixel. */
const LIST_BYTES = 2 + 1 + 2 + 4 + 2 + 4 + 2 + 4
const LONGEST = 4096

/** Core memory that a coder takes. */
export const coderBytes = ({
  blockPixels,
  windowPixels,
  groupTokens,
  groupBlocks,
}: Pick<CoderOptions, 'blockPixels' | 'windowPixels' | 'groupTokens' | 'groupBlocks'>): number =>
  (windowPixels * 2 + 2 * blockPixels) * 4 +
  HASH_BYTES +
  blockPixels * LIST_BYTES +
  (groupTokens + (groupBlocks + 1) * blockPixels + WRITTEN_TOKENS + 64) * TOKEN_BYTES +
  (4 << 11) +
  (3 * SYMBOLS + LONGEST) * 4 +
  20 * SLACK

/** A coder in memory of the core's arena, which the caller releases. One at a time: they share the core's record. */
export function createPixelCoder(core: LosslessEncoderCore, options: CoderOptions): PixelCoder {
  const { width, blockPixels, windowPixels, cacheBits, chain, passes, isOneGroup, groupTokens, groupBlocks } = options
  const { exports } = core
  const roomPixels = windowPixels + 2 * blockPixels
  const window = core.alloc(roomPixels * 4 + SLACK)
  const [heads, chains] = [core.alloc(HASH_BYTES), core.alloc(windowPixels * 4)]
  const list = (bytes: number): number => core.alloc((blockPixels + 1) * bytes)
  const cache = core.alloc(4 << cacheBits)
  const [model, counts, codes] = [core.alloc(SYMBOLS * 4), core.alloc(SYMBOLS * 4), core.alloc(SYMBOLS * 4)]
  const tokens = core.alloc((groupTokens + (groupBlocks + 1) * blockPixels) * TOKEN_BYTES)
  const output = core.alloc((WRITTEN_TOKENS + 2) * TOKEN_BYTES)
  core.bytes().fill(0, heads, heads + HASH_BYTES)
  core.bytes().fill(0, cache, cache + (4 << cacheBits))
  setRecord(core, {
    width,
    heads,
    chains,
    windowMask: windowPixels - 1,
    chain,
    cache,
    cacheBits,
    model,
    counts,
    nearLengths: list(2),
    nearKinds: list(1),
    farLengths: list(2),
    farDistances: list(4),
    cached: list(2),
    costs: list(4),
    stepLengths: list(2),
    stepCodes: list(4),
    lengthCosts: core.alloc((LONGEST + 1) * 4),
    bitCount: 0,
    bits: 0,
    bitsAbove: 0,
  })
  const cached = getRecord(core, 'cached')
  core.bytes().fill(0, cached, cached + 2 * blockPixels)
  exports.vp8leStart()

  const parts = createParts()
  const groups: (readonly Uint8Array[])[] = []
  const groupOfBlock: number[] = []
  let bits = 0
  let position = 0
  /** Position of the pixel at the window's start. */
  let first = 0
  let tokensEnd = tokens
  const ofGroup = new Uint32Array(SYMBOLS)
  let groupBits = 0
  const prices = firstPrices()

  const words = (at: number): Uint32Array => new Uint32Array(core.exports.memory.buffer, at, SYMBOLS)

  function parse(start: number, end: number, to: number): number {
    words(model).set(prices)
    exports.vp8leParse(start, end)
    words(counts).fill(0)
    return exports.vp8leTokens(start, end, to)
  }

  /** The counts of a block and of those before it in its group. */
  const withGroup = (ofBlock: Uint32Array): Uint32Array =>
    position === 0 ? ofBlock : ofBlock.map((count, i) => count + (ofGroup[i] as number)) // of one length

  function endGroup(): void {
    const lengths = codeSizes(cacheBits).map((size, code) => codeLengths(ofGroup.slice(CODE_STARTS[code], (CODE_STARTS[code] ?? 0) + size)))
    const entries = words(codes)
    lengths.forEach((ofCode, code) => entries.set(codeEntries(ofCode), CODE_STARTS[code]))
    for (let at = tokens; at < tokensEnd; at += WRITTEN_TOKENS * TOKEN_BYTES) {
      const end = exports.vp8leWrite(at, Math.min(tokensEnd, at + WRITTEN_TOKENS * TOKEN_BYTES), codes, output)
      add(end - output)
    }
    groups.push(lengths)
    ofGroup.fill(0)
    tokensEnd = tokens
  }

  function add(bytes: number): void {
    if (bytes === 0) return
    parts.add(core.bytes().slice(output, output + bytes) as Uint8Array<ArrayBuffer>) // a copy has a buffer of its own
    bits += bytes * 8
  }

  return {
    get place() {
      return window + (position - first) * 4
    },
    code(pixels) {
      const [start, end] = [position, position + pixels]
      setRecord(core, { origin: (window - first * 4) >>> 0 })
      exports.vp8leMatch(start, end)
      const tries = position === 0 ? passes + 1 : passes
      let blockEnd = tokensEnd
      for (let pass = 0; pass < tries; pass++) {
        blockEnd = parse(start, end, tokensEnd)
        setPrices(prices, pass === 0 ? withGroup(words(counts)) : words(counts), cacheBits)
      }
      const ofBlock = words(counts)
      const both = withGroup(ofBlock)
      const blockBits = symbolBits(ofBlock, cacheBits)
      const bothBits = both === ofBlock ? blockBits : symbolBits(both, cacheBits)
      const isFull = (tokensEnd - tokens) / TOKEN_BYTES >= groupTokens
      const mayBegin = !isOneGroup && position > 0 && groupOfBlock.length % groupBlocks === 0
      if (mayBegin && (isFull || blockBits + groupBits < bothBits)) {
        const bytes = blockEnd - tokensEnd
        const from = tokensEnd
        endGroup()
        core.bytes().copyWithin(tokens, from, from + bytes)
        blockEnd = tokens + bytes
        ofGroup.set(ofBlock)
        groupBits = blockBits
      } else {
        ofGroup.set(both)
        groupBits = bothBits
      }
      tokensEnd = blockEnd
      groupOfBlock.push(groups.length)
      position = end
      // The window slides when there is no room for another block.
      const held = position - first
      if (held + blockPixels > roomPixels) {
        core.bytes().copyWithin(window, window + (held - windowPixels) * 4, window + held * 4)
        first = position - windowPixels
      }
    },
    finish() {
      endGroup()
      const left = getRecord(core, 'bitCount')
      core.view().setUint32(output, getRecord(core, 'bits'), true)
      add(Math.ceil(left / 8))
      return { groups, groupOfBlock, parts: parts.all, bits: bits - ((8 - (left % 8)) % 8) }
    },
    estimatedBits: () => groupBits + extraBits(ofGroup),
  }
}
