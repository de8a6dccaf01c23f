// CRC-32 of PNG chunks (PNG §5.5), eight bytes a step.

const POLYNOMIAL: u32 = 0xedb88320
/** Table k: the CRC of a byte followed by k zero bytes. Made at the first use. */
const tables = memory.data(8 * 256 * 4, 16)
let made = false

function makeTables(): void {
  for (let n: u32 = 0; n < 256; n++) {
    let c = n
    for (let k = 0; k < 8; k++) c = (c & 1) != 0 ? POLYNOMIAL ^ (c >> 1) : c >> 1
    store<u32>(tables + ((<usize>n) << 2), c)
  }
  for (let n: usize = 0; n < 256; n++) {
    let c = load<u32>(tables + (n << 2))
    for (let k: usize = 1; k < 8; k++) {
      c = at(0, c & 255) ^ (c >> 8)
      store<u32>(tables + (k << 10) + (n << 2), c)
    }
  }
  made = true
}

function at(table: usize, byte: u32): u32 {
  return load<u32>(tables + (table << 10) + ((<usize>byte) << 2))
}

/** Continues `crc` (0 to begin) over `bytes` bytes at `from`. */
export function crc32(crc: u32, from: usize, bytes: usize): u32 {
  if (!made) makeTables()
  let c = ~crc
  let p = from
  const end = from + bytes
  for (; p + 8 <= end; p += 8) {
    const low = load<u32>(p) ^ c
    const high = load<u32>(p, 4)
    c = at(7, low & 255) ^ at(6, (low >> 8) & 255) ^ at(5, (low >> 16) & 255) ^ at(4, low >> 24)
    c ^= at(3, high & 255) ^ at(2, (high >> 8) & 255) ^ at(1, (high >> 16) & 255) ^ at(0, high >> 24)
  }
  for (; p < end; p++) c = at(0, (c ^ load<u8>(p)) & 255) ^ (c >> 8)
  return ~c
}
