/** A cyclic redundancy check: its reflected polynomial without the highest term, and its width in bits. Register and result are inverted, as in all of S3's. */
export interface Crc {
  readonly polynomial: bigint
  readonly width: 32 | 64
}

/** What a CRC is of bytes, and how many they were. */
export interface CrcOf {
  readonly crc: bigint
  readonly bytes: number
}

/**
 * The CRC of runs of bytes behind each other, by those of the runs. A run moves what came before it by its length: a multiplication by x^(8·bytes) modulo
 * the polynomial, in which the highest bit is x^0.
 */
export function combineCrcs(crc: Crc, runs: readonly CrcOf[]): bigint {
  const shifts = new Map<number, bigint>()
  return runs.reduce((before, run) => {
    const shift = shifts.get(run.bytes) ?? powerOfX(crc, run.bytes)
    shifts.set(run.bytes, shift)
    return multiply(crc, before, shift) ^ run.crc
  }, 0n)
}

function powerOfX(crc: Crc, bytes: number): bigint {
  const one = 1n << BigInt(crc.width - 1)
  let power = one
  let square = one >> 8n
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(crc, power, square)
    square = multiply(crc, square, square)
  }
  return power
}

function multiply({ polynomial, width }: Crc, a: bigint, b: bigint): bigint {
  let [product, shifted] = [0n, b]
  for (let bit = BigInt(width - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}
