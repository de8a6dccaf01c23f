/** The bytes of a block, without its compression. */
export interface BlockStream {
  /** Fills `to` with the next bytes. @returns how many there were. */
  read(to: Uint8Array): number
}
