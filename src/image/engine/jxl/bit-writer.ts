/** Writes bits, the lowest of each byte first. */
export function writeBits(bytes: number) {
  const written = new Uint8Array(bytes)
  let at = 0
  return {
    /** So many of the lowest bits of a number below 2 ** 32. */
    bits(value: number, count: number): void {
      for (let i = 0; i < count; i++, at++)
        if (Math.floor(value / 2 ** i) % 2 === 1) written[at >>> 3] = (written[at >>> 3] as number) | (1 << (at & 7)) // there is room
    },
    /** What has been written, in whole bytes. */
    all: (): Uint8Array => written.subarray(0, (at + 7) >>> 3),
  }
}
