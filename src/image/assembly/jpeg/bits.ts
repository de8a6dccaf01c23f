// The bit reader's input. Raw bytes of the file arrive in a bounded buffer that the driver refills; they are unstuffed into a window of entropy
// coded bytes. A reader keeps its bits in locals and its state here, at fixed addresses, which costs what a local costs to load.

/** u64: bits not yet read, left aligned. Below them only zeros. */
export const BITS: usize = memory.data(128, 16)
/** i32: number of valid bits in BITS. */
export const COUNT: usize = BITS + 8
/** Next byte of the window to load. */
export const POS: usize = BITS + 12
/** End of the unstuffed bytes of the window. */
export const END: usize = BITS + 16
/** A unit (an MCU or a block) may be decoded without a look at the input while POS is not above this. */
export const LOW: usize = BITS + 20
/** Marker that ends the segment, 0 while none has been met. Behind END there are PAD zero bytes as soon as it is not 0. */
export const MARKER: usize = BITS + 24
/** Next raw byte; at the FF of the marker once MARKER is set. */
const RAW: usize = BITS + 28
const RAW_END: usize = BITS + 32
/** 1 when the file has no byte after RAW_END. */
const RAW_IS_LAST: usize = BITS + 36
const WINDOW: usize = BITS + 40
const WINDOW_END: usize = BITS + 44
/** More bytes than one unit can take from the window. */
const PAD: usize = BITS + 48
/** 1 once a segment has run out of bits: the units up to the next restart marker are empty. */
export const EXHAUSTED: usize = BITS + 52
/** Number (0..7) of the restart marker to come. */
const NEXT_RESTART: usize = BITS + 56
/** Set of WARNING_… bits. */
export const WARNINGS: usize = BITS + 60

const WARNING_FILE_ENDS: u32 = 1
const WARNING_SEGMENT_ENDS: u32 = 2
export const WARNING_CODE: u32 = 4
const WARNING_RESTART: u32 = 8
export const WARNING_OVERRUN: u32 = 16

/** What a marker reader sees at the end of a file that lacks its EOI. */
const END_OF_IMAGE: u32 = 0xd9
/** One 16-byte store may pass the window's end, and one 8-byte load the padding's. */
const SLACK: usize = 32

/** Bytes that the driver reserves for a window whose unit takes at most `pad` bytes and that holds `bytes` more. */
export function jpegWindowBytes(bytes: usize, pad: usize): usize {
  return bytes + 2 * pad + 2 * SLACK
}

/** Starts a scan: `window` has `jpegWindowBytes` bytes. The raw buffer is empty, so the first fill asks for input. */
export function jpegStartInput(window: usize, windowBytes: usize, pad: usize): void {
  memory.fill(BITS, 0, 64)
  store<usize>(WINDOW, window)
  store<usize>(WINDOW_END, window + windowBytes)
  store<usize>(PAD, pad)
  emptyWindow()
}

/** Tells where the next raw bytes are. `last`: the file ends with them. */
export function jpegSupply(raw: usize, bytes: usize, last: i32): void {
  store<usize>(RAW, raw)
  store<usize>(RAW_END, raw + bytes)
  store<i32>(RAW_IS_LAST, last)
}

/** Raw bytes that have not been taken: the driver's next supply begins with them. */
export function jpegRawLeft(): usize {
  return load<usize>(RAW_END) - load<usize>(RAW)
}

/** Address of the reader's record, of 64 bytes. */
export function jpegInput(): usize {
  return BITS
}

/** Bytes of the window that have not been loaded; negative when zeros behind its end have. */
export function jpegWindowLeft(): i32 {
  return <i32>load<usize>(END) - <i32>load<usize>(POS)
}

/** Goes on where a reader was left: its record is back as it was, and the raw bytes that it had not loaded have been supplied. */
export function jpegResumeInput(): void {
  const pos = load<usize>(POS)
  const end = load<usize>(END)
  const bits = load<u64>(BITS)
  const count = load<i32>(COUNT)
  emptyWindow()
  store<u64>(BITS, bits)
  store<i32>(COUNT, count)
  store<u32>(MARKER, 0)
  fill()
  if (pos > end) store<usize>(POS, load<usize>(POS) + (pos - end))
}

export function jpegWarnings(): u32 {
  return load<u32>(WARNINGS)
}

@inline
export function warn(bit: u32): void {
  store<u32>(WARNINGS, load<u32>(WARNINGS) | bit)
}

function emptyWindow(): void {
  const window = load<usize>(WINDOW)
  store<u64>(BITS, 0)
  store<i32>(COUNT, 0)
  store<usize>(POS, window)
  store<usize>(END, window)
  store<usize>(LOW, 0)
}

/**
 * Moves the unread bytes to the window's start and unstuffs raw bytes behind them. Returns whether a unit may be decoded; otherwise the driver
 * has to supply raw bytes.
 */
export function fill(): bool {
  const window = load<usize>(WINDOW)
  if (load<u32>(MARKER) == 0) {
    const pos = load<usize>(POS)
    const left = load<usize>(END) - pos
    memory.copy(window, pos, left)
    store<usize>(POS, window)
    unstuff(window + left)
  }
  const end = load<usize>(END)
  const pad = load<usize>(PAD)
  if (load<u32>(MARKER) != 0) {
    memory.fill(end, 0, pad + 8)
    store<usize>(LOW, usize.MAX_VALUE)
    return true
  }
  if (end < window + pad) {
    store<usize>(LOW, 0)
    return false
  }
  store<usize>(LOW, end - pad)
  return true
}

/**
 * Unstuffs raw bytes to `dst` until the window is full (but for the padding), the raw bytes are used up or a marker is met. The two buffers
 * do not overlap: 16-byte stores run ahead of what has been read.
 */
function unstuff(dst: usize): void {
  let src = load<usize>(RAW)
  const srcEnd = load<usize>(RAW_END)
  const limit = load<usize>(WINDOW_END) - load<usize>(PAD) - SLACK
  const ff = i8x16.splat(-1)
  let marker: u32 = 0
  while (src < srcEnd && dst < limit) {
    if (src + 16 <= srcEnd) {
      const bytes = v128.load(src)
      v128.store(dst, bytes)
      const mask = i8x16.bitmask(i8x16.eq(bytes, ff))
      if (mask == 0) {
        src += 16
        dst += 16
        continue
      }
      const plain = <usize>ctz(mask)
      src += plain
      dst += plain
    } else if (load<u8>(src) != 0xff) {
      store<u8>(dst, load<u8>(src))
      src++
      dst++
      continue
    }
    if (src + 1 >= srcEnd) break
    const next = load<u8>(src, 1)
    if (next == 0) {
      store<u8>(dst, 0xff)
      dst++
      src += 2
    } else if (next == 0xff) {
      src++
    } else {
      marker = next
      break
    }
  }
  // A lone FF at the end of the buffer stays there: what follows decides what it is.
  if (marker == 0 && src + 1 >= srcEnd && dst < limit && load<i32>(RAW_IS_LAST)) {
    if (src == srcEnd || load<u8>(src) == 0xff) {
      marker = END_OF_IMAGE
      warn(WARNING_FILE_ENDS)
    }
  }
  store<usize>(RAW, src)
  store<usize>(END, dst)
  store<u32>(MARKER, marker)
}

/** Called after each unit: notes that it read zeros past the end of its segment. */
@inline
export function noteExhaustion(): void {
  const end = load<usize>(END)
  const pos = load<usize>(POS)
  if (pos > end && ((pos - end) << 3) > <usize>load<i32>(COUNT)) exhaust()
}

function exhaust(): void {
  if (load<u32>(MARKER) == 0) return
  store<i32>(EXHAUSTED, 1)
  warn(WARNING_SEGMENT_ENDS)
}

/**
 * Leaves the segment and goes on behind the restart marker that is due. Where another marker stands, decides as libjpeg does: a marker up to
 * two behind is skipped, one up to two ahead (or none of the RST kind) is left for later, which makes this segment empty. Returns false when
 * it needs raw bytes first; it is then called again.
 */
export function restart(): bool {
  let marker = load<u32>(MARKER)
  const due = load<u32>(NEXT_RESTART)
  for (;;) {
    while (marker == 0) {
      emptyWindow()
      if (jpegRawLeft() == 0 && !load<i32>(RAW_IS_LAST)) return false
      const before = jpegRawLeft()
      unstuff(load<usize>(WINDOW))
      marker = load<u32>(MARKER)
      if (marker == 0 && jpegRawLeft() == before) return false
    }
    const ahead = (marker - 0xd0 - due) & 7
    const isRestart = marker >= 0xd0 && marker <= 0xd7
    if (isRestart && (ahead == 0 || ahead == 3 || ahead == 4 || ahead == 5)) {
      if (ahead != 0) warn(WARNING_RESTART)
      skipMarker()
      store<i32>(EXHAUSTED, 0)
      break
    }
    warn(WARNING_RESTART)
    if ((isRestart && ahead < 3) || (!isRestart && marker >= 0xc0)) break
    skipMarker()
    marker = 0
  }
  emptyWindow()
  store<u32>(NEXT_RESTART, (due + 1) & 7)
  return true
}

function skipMarker(): void {
  store<usize>(RAW, load<usize>(RAW) + 2)
  store<u32>(MARKER, 0)
}

/** Passes so many restart markers, and all between them, as reading would. Returns how many are left when it needs raw bytes. */
export function jpegPassRestarts(count: i32): i32 {
  let left = count
  while (left > 0 && restart()) left--
  return left
}

/** After a scan: discards what is left of it up to the marker behind it. Returns 1 when there, 0 when it needs raw bytes. */
export function jpegFinishScan(): i32 {
  while (load<u32>(MARKER) == 0) {
    emptyWindow()
    const before = jpegRawLeft()
    unstuff(load<usize>(WINDOW))
    if (load<u32>(MARKER) == 0 && jpegRawLeft() == before) return 0
  }
  return 1
}
