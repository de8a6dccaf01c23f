// GIF's variant of LZW (GIF89a appendix F): codes lie lowest bit first, in sub-blocks of up to 255 bytes (§15).

// Layout of the state that the driver allocates (`gifLzwStateBytes`).
const LITERAL_BITS: usize = 0
const WIDTH: usize = 4
const NEXT: usize = 8
/** The code of what was read and is not written; NO_CODE at the start. */
const PREFIX: usize = 12
const BITS: usize = 16
const BIT_COUNT: usize = 20
/** Bytes of the sub-block that is open; it begins with its length. */
const FILLED: usize = 24
/** u32 each: prefix (12 bits), index (8) and code (12); 0: empty, since no code is 0 here. */
const SLOTS: usize = 32
const SLOT_BITS: u32 = 13
const STATE_BYTES: usize = SLOTS + (4 << SLOT_BITS)

const NO_CODE: u32 = 0xffffffff
const MOST_CODES: u32 = 4096
const BLOCK_BYTES: u32 = 255

/** Where bytes go: behind the driver's output so far. */
let output: usize = 0

export function gifLzwStateBytes(): usize {
  return STATE_BYTES
}

function clearTable(state: usize): void {
  const literalBits = load<u32>(state, LITERAL_BITS)
  store<u32>(state, literalBits + 1, WIDTH)
  store<u32>(state, (1 << literalBits) + 2, NEXT)
  memory.fill(state + SLOTS, 0, 4 << SLOT_BITS)
}

@inline
function putByte(state: usize, byte: u32): void {
  const filled = load<u32>(state, FILLED)
  if (filled == 0) store<u8>(output, BLOCK_BYTES)
  store<u8>(output + filled + 1, <u8>byte)
  if (filled + 1 == BLOCK_BYTES) {
    output += BLOCK_BYTES + 1
    store<u32>(state, 0, FILLED)
  } else store<u32>(state, filled + 1, FILLED)
}

@inline
function putCode(state: usize, code: u32): void {
  let bits = load<u32>(state, BITS) | (code << load<u32>(state, BIT_COUNT))
  let count = load<u32>(state, BIT_COUNT) + load<u32>(state, WIDTH)
  for (; count >= 8; count -= 8, bits >>= 8) putByte(state, bits & 255)
  store<u32>(state, bits, BITS)
  store<u32>(state, count, BIT_COUNT)
}

/** Starts a stream of indices of `literalBits` bits, 2 to 8, with the code that clears. Its first bytes come with the first row. */
export function gifLzwStart(state: usize, literalBits: u32): void {
  memory.fill(state, 0, SLOTS)
  store<u32>(state, literalBits, LITERAL_BITS)
  store<u32>(state, NO_CODE, PREFIX)
  clearTable(state)
}

/**
 * Takes a row of indices, and answers the end of what it wrote. The sub-block that is open lies at `to`, and is written on there: at most 256 bytes and two
 * for each index are touched.
 */
export function gifLzwRow(state: usize, from: usize, count: u32, to: usize): usize {
  output = to
  const clear: u32 = 1 << load<u32>(state, LITERAL_BITS)
  let prefix = load<u32>(state, PREFIX)
  for (let at = from, end = from + count; at < end; at++) {
    const index = <u32>load<u8>(at)
    if (prefix == NO_CODE) {
      putCode(state, clear)
      prefix = index
      continue
    }
    const key = (prefix << 8) | index
    let slot = (key * 0x9e3779b1) >> (32 - SLOT_BITS)
    let entry = load<u32>(state + SLOTS + ((<usize>slot) << 2))
    while (entry != 0 && entry >> 12 != key) {
      slot = (slot + 1) & ((1 << SLOT_BITS) - 1)
      entry = load<u32>(state + SLOTS + ((<usize>slot) << 2))
    }
    if (entry != 0) {
      prefix = entry & (MOST_CODES - 1)
      continue
    }
    putCode(state, prefix)
    prefix = index
    const next = load<u32>(state, NEXT)
    if (next == MOST_CODES) {
      putCode(state, clear)
      clearTable(state)
      continue
    }
    store<u32>(state + SLOTS + ((<usize>slot) << 2), (key << 12) | next)
    if (next == (<u32>1) << load<u32>(state, WIDTH)) store<u32>(state, load<u32>(state, WIDTH) + 1, WIDTH)
    store<u32>(state, next + 1, NEXT)
  }
  store<u32>(state, prefix, PREFIX)
  return output
}

/** Bytes at the end of what was written that belong to the open sub-block. */
export function gifLzwOpenBytes(state: usize): u32 {
  const filled = load<u32>(state, FILLED)
  return filled == 0 ? 0 : filled + 1
}

/** Ends the stream, with the empty sub-block behind it, and answers the end of what it wrote. `to`: the open sub-block, and 16 bytes more. */
export function gifLzwEnd(state: usize, to: usize): usize {
  output = to
  const clear: u32 = 1 << load<u32>(state, LITERAL_BITS)
  putCode(state, load<u32>(state, PREFIX))
  // The reader's table grows one code later.
  const next = load<u32>(state, NEXT)
  if (next == (<u32>1) << load<u32>(state, WIDTH) && next < MOST_CODES) store<u32>(state, load<u32>(state, WIDTH) + 1, WIDTH)
  putCode(state, clear + 1)
  if (load<u32>(state, BIT_COUNT) > 0) putByte(state, load<u32>(state, BITS) & 255)
  const filled = load<u32>(state, FILLED)
  if (filled > 0) {
    store<u8>(output, <u8>filled)
    output += filled + 1
  }
  store<u8>(output, 0)
  return output + 1
}
