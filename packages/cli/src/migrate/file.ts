/** A file that is to be stored. */
export interface MigratedFile {
  readonly name: string
  /** Absolute, in the account. */
  readonly path: string
  /** `null`: only who fetches it knows. */
  readonly size: number | null
  readonly open: (signal: AbortSignal) => Promise<Blob>
}
