// Huffman codes for deflate: lengths of limited size from frequencies, and the codes in the bit order of the stream (RFC 1951 §3.2.2).

const MOST_SYMBOLS: usize = 288
const symbols = memory.data(288 * 2, 16)
const weights = memory.data(288 * 4, 16)
const counts = memory.data(32 * 4, 16)

/**
 * Writes the code lengths (bytes, 0 for unused symbols) of the `n` ≤ 288 frequencies (u32) at `frequencies`, none over `limit`.
 * Optimal unless the limit bites. A single used symbol gets one bit.
 */
export function huffmanLengths(frequencies: usize, n: u32, limit: u32, lengths: usize): void {
  memory.fill(lengths, 0, n)
  const used = sortUsed(frequencies, n)
  if (used == 0) return
  if (used == 1) {
    store<u8>(lengths + load<u16>(symbols), 1)
    return
  }
  depths(used)
  memory.fill(counts, 0, 128)
  for (let i: u32 = 0; i < used; i++) {
    const at = counts + ((<usize>min(load<u32>(weights + ((<usize>i) << 2)), limit)) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  repairKraft(limit)
  let i: usize = 0
  for (let bits = limit; bits >= 1; bits--) {
    for (let left = load<u32>(counts + ((<usize>bits) << 2)); left > 0; left--)
      store<u8>(lengths + load<u16>(symbols + (i++ << 1)), <u8>bits)
  }
}

/** The used symbols by rising frequency (insertion into gaps of 13, 4, 1), with their frequencies. */
function sortUsed(frequencies: usize, n: u32): u32 {
  let used: u32 = 0
  for (let symbol: u32 = 0; symbol < n && symbol < <u32>MOST_SYMBOLS; symbol++) {
    const weight = load<u32>(frequencies + ((<usize>symbol) << 2))
    if (weight == 0) continue
    store<u16>(symbols + ((<usize>used) << 1), <u16>symbol)
    store<u32>(weights + ((<usize>used) << 2), weight)
    used++
  }
  for (let gap: u32 = 40; gap > 0; gap /= 3) {
    for (let i = gap; i < used; i++) {
      const weight = load<u32>(weights + ((<usize>i) << 2))
      const symbol = load<u16>(symbols + ((<usize>i) << 1))
      let at = i
      while (at >= gap && load<u32>(weights + ((<usize>(at - gap)) << 2)) > weight) {
        store<u32>(weights + ((<usize>at) << 2), load<u32>(weights + ((<usize>(at - gap)) << 2)))
        store<u16>(symbols + ((<usize>at) << 1), load<u16>(symbols + ((<usize>(at - gap)) << 1)))
        at -= gap
      }
      store<u32>(weights + ((<usize>at) << 2), weight)
      store<u16>(symbols + ((<usize>at) << 1), symbol)
    }
  }
  return used
}

function weight(i: i32): u32 {
  return load<u32>(weights + ((<usize>i) << 2))
}

function setWeight(i: i32, value: u32): void {
  store<u32>(weights + ((<usize>i) << 2), value)
}

/** Replaces the sorted weights by the leaves' depths in the Huffman tree, in place (Moffat and Katajainen, 1995): falling with i. */
function depths(used: u32): void {
  const n = <i32>used
  let leaf: i32 = 0
  let root: i32 = 0
  // Weights of inner nodes, which then hold the index of their parent.
  for (let next: i32 = 0; next < n - 1; next++) {
    let sum: u32 = 0
    for (let part = 0; part < 2; part++) {
      if (leaf >= n || (root < next && weight(root) < weight(leaf))) {
        sum += weight(root)
        setWeight(root++, <u32>next)
      } else sum += weight(leaf++)
    }
    setWeight(next, sum)
  }
  // Depths of inner nodes.
  setWeight(n - 2, 0)
  for (let i = n - 3; i >= 0; i--) setWeight(i, weight(<i32>weight(i)) + 1)
  // Depths of leaves, counted level by level.
  let available: i32 = 1
  let depth: u32 = 0
  let inner = n - 2
  let at = n - 1
  while (available > 0) {
    let innerHere: i32 = 0
    while (inner >= 0 && weight(inner) == depth) {
      innerHere++
      inner--
    }
    for (; available > innerHere; available--) setWeight(at--, depth)
    available = 2 * innerHere
    depth++
  }
}

/** Cutting depths at the limit claims too much of the code space: a longer code gives way for each that does. */
function repairKraft(limit: u32): void {
  let total: u32 = 0
  for (let bits: u32 = 1; bits <= limit; bits++) total += load<u32>(counts + ((<usize>bits) << 2)) << (limit - bits)
  for (; total > 1 << limit; total--) {
    add(limit, -1)
    let bits = limit - 1
    while (load<u32>(counts + ((<usize>bits) << 2)) == 0) bits--
    add(bits, -1)
    add(bits + 1, 2)
  }
}

function add(bits: u32, n: i32): void {
  const at = counts + ((<usize>bits) << 2)
  store<u32>(at, load<u32>(at) + n)
}

/** Writes the codes (u16, first bit lowest) of the `n` code lengths at `lengths`. */
export function huffmanCodes(lengths: usize, n: u32, codes: usize): void {
  memory.fill(counts, 0, 128)
  for (let i: u32 = 0; i < n; i++) add(load<u8>(lengths + i), 1)
  store<u32>(counts, 0)
  let code: u32 = 0
  for (let bits: u32 = 1; bits <= 15; bits++) {
    const count = load<u32>(counts + ((<usize>bits) << 2))
    store<u32>(counts + ((<usize>bits) << 2), code)
    code = (code + count) << 1
  }
  for (let i: u32 = 0; i < n; i++) {
    const bits = <u32>load<u8>(lengths + i)
    if (bits == 0) continue
    const at = counts + ((<usize>bits) << 2)
    const next = load<u32>(at)
    store<u32>(at, next + 1)
    store<u16>(codes + ((<usize>i) << 1), <u16>reversed(next, bits))
  }
}

function reversed(code: u32, bits: u32): u32 {
  let result: u32 = 0
  for (let i: u32 = 0; i < bits; i++) result |= ((code >> i) & 1) << (bits - 1 - i)
  return result
}
