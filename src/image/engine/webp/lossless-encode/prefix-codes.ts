import type { BitWriter } from './bit-writer.ts'

/** RFC 9649 §3.7.2.1: codes have 15 bits at most, those of the code lengths 7. */
const MOST_BITS = 15
const MOST_LENGTH_BITS = 7
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const
/** Extra bits of the symbols that stand for runs, and the shortest runs. */
const RUNS: Readonly<Record<number, { readonly bits: number; readonly shortest: number }>> = {
  16: { bits: 2, shortest: 3 },
  17: { bits: 3, shortest: 3 },
  18: { bits: 7, shortest: 11 },
}

/** Lengths of a prefix code by how often symbols are used, none over `limit`; 0 for those that are not. Optimal unless the limit bites. */
export function codeLengths(counts: Uint32Array, limit = MOST_BITS): Uint8Array {
  const lengths = new Uint8Array(counts.length)
  const used: number[] = []
  counts.forEach((count, symbol) => count > 0 && used.push(symbol))
  const [only] = used
  if (only !== undefined && used.length === 1) lengths[only] = 1
  if (used.length < 2) return lengths
  used.sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0) || a - b)
  const perLength = depthCounts(
    used.map((symbol) => counts[symbol] ?? 0),
    limit,
  )
  let next = 0
  for (let bits = limit; bits >= 1; bits--) for (let n = perLength[bits] ?? 0; n > 0; n--) lengths[used[next++] ?? 0] = bits
  return lengths
}

/** How many of the leaves lie at each depth of the Huffman tree of rising `weights`. */
function depthCounts(weights: readonly number[], limit: number): Uint32Array {
  const leaves = weights.length
  const parents = new Uint32Array(2 * leaves)
  const sums = new Float64Array(2 * leaves)
  sums.set(weights)
  let [leaf, inner] = [0, leaves]
  for (let node = leaves; node < 2 * leaves - 1; node++) {
    for (let part = 0; part < 2; part++) {
      const takesLeaf = leaf < leaves && (inner >= node || (sums[leaf] as number) <= (sums[inner] as number))
      const taken = takesLeaf ? leaf++ : inner++
      parents[taken] = node
      sums[node] = (sums[node] as number) + (sums[taken] as number)
    }
  }
  const depths = new Uint32Array(2 * leaves)
  const perLength = new Uint32Array(limit + 1)
  for (let node = 2 * leaves - 3; node >= 0; node--) {
    depths[node] = (depths[parents[node] as number] as number) + 1
    if (node < leaves) perLength[Math.min(depths[node] as number, limit)]!++
  }
  repairKraft(perLength, limit)
  return perLength
}

/** Cutting depths at the limit claims too much of the code space: a shorter code gives way for each that does. */
function repairKraft(perLength: Uint32Array, limit: number): void {
  let total = perLength.reduce((sum, count, bits) => (bits === 0 ? sum : sum + count * 2 ** (limit - bits)), 0)
  for (; total > 2 ** limit; total--) {
    let bits = limit - 1
    while (perLength[bits] === 0) bits--
    perLength[limit]!--
    perLength[bits]!--
    perLength[bits + 1]! += 2
  }
}

/** For each symbol its code, first bit lowest, above its length in the low byte. A code of a single symbol takes no bits. */
export function codeEntries(lengths: Uint8Array): Uint32Array {
  const entries = new Uint32Array(lengths.length)
  if (lengths.reduce((used, length) => used + (length > 0 ? 1 : 0), 0) < 2) return entries
  let code = 0
  for (let bits = 1; bits <= MOST_BITS; bits++, code <<= 1) {
    lengths.forEach((length, symbol) => {
      if (length === bits) entries[symbol] = (reversed(code++, bits) << 8) | bits
    })
  }
  return entries
}

function reversed(code: number, bits: number): number {
  let result = 0
  for (let i = 0; i < bits; i++) result |= ((code >> i) & 1) << (bits - 1 - i)
  return result
}

/** Writes a prefix code (RFC 9649 §3.7.2.1): a simple one for one or two symbols, else its lengths with runs. */
export function putCode(writer: BitWriter, lengths: Uint8Array): void {
  const used: number[] = []
  lengths.forEach((length, symbol) => length > 0 && used.push(symbol))
  if (used.length <= 2 && used.every((symbol) => symbol < 256)) putSimple(writer, used)
  else putLengths(writer, lengths)
}

function putSimple(writer: BitWriter, [first = 0, second]: readonly number[]): void {
  writer.put(1, 1)
  writer.put(second === undefined ? 0 : 1, 1)
  writer.put(first > 1 ? 1 : 0, 1)
  writer.put(first, first > 1 ? 8 : 1)
  if (second !== undefined) writer.put(second, 8)
}

interface LengthToken {
  readonly symbol: number
  readonly extra: number
}

function putLengths(writer: BitWriter, lengths: Uint8Array): void {
  const all = lengthTokens(lengths)
  // What follows the last length is not written: the number of tokens is.
  let last = all.length
  while (last > 0 && isZeros(all[last - 1])) last--
  const trims = all.length - last > 1 && last >= 2
  const tokens = trims ? all.slice(0, last) : all
  const counts = new Uint32Array(19)
  for (const { symbol } of tokens) counts[symbol]!++
  const ofLengths = codeLengths(counts, MOST_LENGTH_BITS)
  const entries = codeEntries(ofLengths)
  let sent = LENGTH_ORDER.length
  while (sent > 4 && ofLengths[LENGTH_ORDER[sent - 1] ?? 0] === 0) sent--
  writer.put(0, 1)
  writer.put(sent - 4, 4)
  for (const symbol of LENGTH_ORDER.slice(0, sent)) writer.put(ofLengths[symbol] ?? 0, 3)
  writer.put(trims ? 1 : 0, 1)
  if (trims) {
    const pairs = Math.max(1, Math.ceil((32 - Math.clz32(last - 2)) / 2))
    writer.put(pairs - 1, 3)
    writer.put(last - 2, 2 * pairs)
  }
  for (const { symbol, extra } of tokens) {
    const entry = entries[symbol] ?? 0
    writer.put(entry >> 8, entry & 255)
    writer.put(extra, RUNS[symbol]?.bits ?? 0)
  }
}

const isZeros = (token: LengthToken | undefined): boolean => token !== undefined && (token.symbol === 0 || token.symbol > 16)

function lengthTokens(lengths: Uint8Array): LengthToken[] {
  const tokens: LengthToken[] = []
  const putRun = (symbol: number, run: number): number => {
    tokens.push({ symbol, extra: run - (RUNS[symbol]?.shortest ?? 0) })
    return run
  }
  let previous = 8 // "If code 16 is used before a nonzero value has been emitted, a value of 8 is repeated."
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at] ?? 0
    let run = 1
    while (at + run < lengths.length && lengths[at + run] === length) run++
    at += run
    if (length !== 0 && length !== previous) {
      tokens.push({ symbol: length, extra: 0 })
      previous = length
      run--
    }
    while (run >= 3) {
      if (length !== 0) run -= putRun(16, Math.min(run, 6))
      else run -= run <= 10 ? putRun(17, run) : putRun(18, Math.min(run, 138))
    }
    for (; run > 0; run--) tokens.push({ symbol: length, extra: 0 })
  }
  return tokens
}
