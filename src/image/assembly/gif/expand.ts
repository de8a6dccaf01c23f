// GIF's variant of LZW (GIF89a appendix F): codes lie lowest bit first, and a full table stays as it is until a code clears it. Reading stops where the
// input ends, or the row is full, and goes on there.

const MOST_CODES: u32 = 4096
const MOST_BITS: u32 = 12

// Layout of the state that the driver allocates (`gifExpandBytes`). It writes the first two words.
const INPUT: usize = 0
const INPUT_END: usize = 4
const BITS: usize = 8
const BIT_COUNT: usize = 16
const LITERAL_BITS: usize = 20
const WIDTH: usize = 24
const NEXT: usize = 28
const PREVIOUS: usize = 32
const FIRST: usize = 36
const IS_DONE: usize = 40
const PREFIX: usize = 64
const SUFFIX: usize = PREFIX + <usize>MOST_CODES * 2
const LENGTH: usize = SUFFIX + <usize>MOST_CODES
const STATE_BYTES: usize = LENGTH + <usize>MOST_CODES * 2

/** No code came before. */
const NONE: u32 = 0xffff

export function gifExpandBytes(): usize {
  return STATE_BYTES
}

/** Before the first code of a frame. `literalBits`: up to 11. */
export function gifExpandStart(state: usize, literalBits: u32): void {
  const clear: u32 = 1 << literalBits
  store<u64>(state, 0, BITS)
  store<u32>(state, 0, BIT_COUNT)
  store<u32>(state, literalBits, LITERAL_BITS)
  store<u32>(state, literalBits + 1, WIDTH)
  store<u32>(state, clear + 2, NEXT)
  store<u32>(state, NONE, PREVIOUS)
  store<u32>(state, 0, FIRST)
  store<u32>(state, 0, IS_DONE)
  for (let code: u32 = 0; code < clear; code++) {
    store<u8>(state + code, <u8>code, SUFFIX)
    store<u16>(state + (<usize>code << 1), 1, LENGTH)
  }
}

/**
 * Writes values behind the `have` that are at `to`, until there are `want` or more: at most 4,095 more. Answers how many there are; fewer when the input
 * has ended, or the data have (`gifExpandIsDone`). A code that cannot be there ends the data.
 */
export function gifExpand(state: usize, to: usize, have: u32, want: u32): u32 {
  const literalBits = load<u32>(state, LITERAL_BITS)
  const clear: u32 = 1 << literalBits
  const end = load<u32>(state, INPUT_END)
  let input = load<u32>(state, INPUT)
  let bits: u64 = load<u64>(state, BITS)
  let bitCount: u32 = load<u32>(state, BIT_COUNT)
  let width: u32 = load<u32>(state, WIDTH)
  let next: u32 = load<u32>(state, NEXT)
  let previous: u32 = load<u32>(state, PREVIOUS)
  let first: u32 = load<u32>(state, FIRST)
  let isDone: u32 = load<u32>(state, IS_DONE)
  while (have < want && !isDone) {
    if (bitCount < width) {
      if (input + 4 <= end) {
        bits |= (<u64>load<u32>(input)) << bitCount
        input += 4
        bitCount += 32
      } else {
        for (; bitCount < width && input < end; bitCount += 8) bits |= (<u64>load<u8>(input++)) << bitCount
        if (bitCount < width) break
      }
    }
    const code = <u32>bits & ((1 << width) - 1)
    bits >>= width
    bitCount -= width
    if (code == clear) {
      width = literalBits + 1
      next = clear + 2
      previous = NONE
      continue
    }
    if (code == clear + 1 || code > next || (previous == NONE && code > clear) || (code == next && next == MOST_CODES)) {
      isDone = 1
      break
    }
    // A code that is about to be made stands for what came before, and its first value once more.
    let walk = code
    let length = <u32>load<u16>(state + (<usize>code << 1), LENGTH)
    let at = to + have
    if (code == next) {
      walk = previous
      length = <u32>load<u16>(state + (<usize>previous << 1), LENGTH) + 1
      at += length - 1
      store<u8>(at, <u8>first)
    } else at += length
    while (walk > clear) {
      store<u8>(--at, load<u8>(state + walk, SUFFIX))
      walk = load<u16>(state + (<usize>walk << 1), PREFIX)
    }
    first = walk
    store<u8>(--at, <u8>first)
    have += length
    if (previous != NONE && next < MOST_CODES) {
      const index = state + (<usize>next << 1)
      store<u16>(index, <u16>previous, PREFIX)
      store<u16>(index, <u16>(load<u16>(state + (<usize>previous << 1), LENGTH) + 1), LENGTH)
      store<u8>(state + next, <u8>first, SUFFIX)
      next++
      if (next == <u32>1 << width && width < MOST_BITS) width++
    }
    previous = code
  }
  store<u32>(state, input, INPUT)
  store<u64>(state, bits, BITS)
  store<u32>(state, bitCount, BIT_COUNT)
  store<u32>(state, width, WIDTH)
  store<u32>(state, next, NEXT)
  store<u32>(state, previous, PREVIOUS)
  store<u32>(state, first, FIRST)
  store<u32>(state, isDone, IS_DONE)
  return have
}

export function gifExpandIsDone(state: usize): bool {
  return load<u32>(state, IS_DONE) != 0
}

/** Draws a row of colour indices by a palette of 256 words; what is 0 there leaves what is below. */
export function gifPaint(indices: usize, count: u32, palette: usize, to: usize): void {
  for (const end = indices + count; indices < end; indices++, to += 4) {
    const colour = load<u32>(palette + (<usize>load<u8>(indices) << 2))
    if (colour != 0) store<u32>(to, colour)
  }
}
