/** A checksum that is fed in pieces. */
export interface RunningSum {
  update(bytes: Uint8Array): void
  /** Big-endian. */
  digest(): Uint8Array
}

/** The generator polynomials, reflected: ISO-HDLC (RFC 1952), Castagnoli (RFC 3720 Appendix B.4). */
export const CRC32 = 0xedb88320
export const CRC32C = 0x82f63b78
/** CRC-64/NVME (NVM Express Base Specification §8.3.5.3), reflected: high and low half. */
export const CRC64_NVME = [0x9a6c9329, 0xac4bc9b5] as const

const tables = new Map<string, Uint32Array>()

function tableOf(name: string, make: () => Uint32Array): Uint32Array {
  const table = tables.get(name) ?? make()
  tables.set(name, table)
  return table
}

/** Entry i: what the byte i makes of a register of zeros; eight tables, each for one place further. */
function table32(polynomial: number): Uint32Array {
  const table = new Uint32Array(8 * 256)
  for (let i = 0; i < 256; i++) {
    let crc = i
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0)
    table[i] = crc
  }
  for (let i = 256; i < table.length; i++) {
    const before = table[i - 256] as number // below i
    table[i] = (before >>> 8) ^ (table[before & 255] as number) // of 256
  }
  return table
}

function crc32By(name: string, polynomial: number): RunningSum {
  const table = tableOf(name, () => table32(polynomial))
  const at = (place: number, byte: number): number => table[place * 256 + byte] as number // 8 × 256 entries
  let crc = 0xffffffff
  return {
    update(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      let [i, sum] = [0, crc]
      for (const whole = bytes.length - 7; i < whole; i += 8) {
        const [low, high] = [view.getUint32(i, true) ^ sum, view.getUint32(i + 4, true)]
        sum =
          at(7, low & 255) ^ at(6, (low >>> 8) & 255) ^ at(5, (low >>> 16) & 255) ^ at(4, low >>> 24) ^
          at(3, high & 255) ^ at(2, (high >>> 8) & 255) ^ at(1, (high >>> 16) & 255) ^ at(0, high >>> 24) // prettier-ignore
      }
      for (; i < bytes.length; i++) sum = (sum >>> 8) ^ at(0, (sum ^ view.getUint8(i)) & 255)
      crc = sum
    },
    digest: () => bigEndian(~crc),
  }
}

export const crc32 = (): RunningSum => crc32By('crc32', CRC32)
export const crc32c = (): RunningSum => crc32By('crc32c', CRC32C)

/** The high and the low half of each entry beside each other. */
function table64([polynomialHigh, polynomialLow]: readonly [number, number]): Uint32Array {
  const table = new Uint32Array(512)
  for (let i = 0; i < 256; i++) {
    let [high, low] = [0, i]
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = low & 1
      low = (low >>> 1) | (high << 31)
      high = high >>> 1
      if (isOdd) [high, low] = [high ^ polynomialHigh, low ^ polynomialLow]
    }
    table[2 * i] = high
    table[2 * i + 1] = low
  }
  return table
}

export function crc64nvme(): RunningSum {
  const table = tableOf('crc64nvme', () => table64(CRC64_NVME))
  let [high, low] = [-1, -1]
  return {
    update(bytes) {
      let [upper, lower] = [high, low]
      for (const byte of bytes) {
        const entry = 2 * ((lower ^ byte) & 255)
        lower = ((lower >>> 8) | (upper << 24)) ^ (table[entry + 1] as number) // 256 pairs
        upper = (upper >>> 8) ^ (table[entry] as number)
      }
      ;[high, low] = [upper, lower]
    },
    digest: () => Uint8Array.of(...bigEndian(~high), ...bigEndian(~low)),
  }
}

const bigEndian = (word: number): Uint8Array => Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word)
