/** A hash that is fed in pieces. `digest` ends it. */
export interface RunningHash {
  update(bytes: Uint8Array): void
  digest(): Uint8Array
}

export type NewHash = (name: 'md5' | 'sha1' | 'sha256') => RunningHash
