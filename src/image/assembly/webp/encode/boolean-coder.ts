// The boolean coder: RFC 6386 §7.3. One at a time.

/** Bits of the code that are not written yet: the range's eight, `waiting` ones above, and a carry. */
let low: u64 = 0
let range: u32 = 255
let waiting: i32 = 0
/** The last byte, which a carry may still raise, and how many bytes of 255 follow it; −1: there is none yet. */
let held: i32 = -1
let heldOnes: i32 = 0
let output: usize = 0

export function vp8StartBits(): void {
  low = 0
  range = 255
  waiting = 0
  held = -1
  heldOnes = 0
}

/** Where bytes go from now on. */
export function setOutput(target: usize): void {
  output = target
}

export function outputEnd(): usize {
  return output
}

function putByte(byte: i32): void {
  if (byte == 255) {
    heldOnes++
    return
  }
  const carry = byte >> 8
  if (held >= 0) store<u8>(output++, held + carry)
  for (; heldOnes > 0; heldOnes--) store<u8>(output++, 255 + carry)
  held = byte & 255
}

function writeOut(): void {
  while (waiting >= 8) {
    putByte(<i32>(low >> waiting))
    low &= ((<u64>1) << waiting) - 1
    waiting -= 8
  }
}

/** `probability` / 256 is that of 0. */
export function putBool(bit: bool, probability: i32): void {
  const split = 1 + (((range - 1) * probability) >> 8)
  if (bit) {
    low += split
    range -= split
  } else {
    range = split
  }
  const shift = <i32>clz(range) - 24
  range <<= shift
  low <<= shift
  waiting += shift
  if (waiting > 40) writeOut()
}

export function putLiteral(value: u32, bits: i32): void {
  for (let i = bits - 1; i >= 0; i--) putBool(((value >> i) & 1) != 0, 128)
}

/** Writes the rest. */
export function finishBits(): void {
  writeOut()
  const missing = (-waiting & 7) + 8
  low <<= missing
  waiting += missing
  writeOut()
  putByte(0)
}
