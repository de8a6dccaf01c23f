import type { ByteRange } from '../ports.ts'

/** What an origin tells of a file. */
export interface OriginFile {
  readonly size: number
  /** `null`: it tells none. */
  readonly mime: string | null
  /** A text that changes whenever the bytes change; `null`: it tells nothing of that kind. */
  readonly validator: string | null
  readonly lastModified: Date
}

export interface OpenOriginFile {
  /** `size` is that of the whole file, also when a range was asked for. */
  readonly file: OriginFile
  readonly body: ReadableStream<Uint8Array>
}

/**
 * What a folder is mounted on: the files of a configured store or of a web server, by names below it, without a slash in front.
 * @throws AppError `store_failed`, `source_unavailable`; their reasons name no address and no secret.
 */
export interface Origin {
  /** `null`: there is no such file. */
  head(name: string): Promise<OriginFile | null>
  open(name: string, range?: ByteRange): Promise<OpenOriginFile | null>
}

/** A folder of an account whose files are elsewhere. */
export interface Mount {
  readonly account: string
  /** Absolute, without a slash at its end. */
  readonly folder: string
  /** How long what was asked of a file counts, in seconds. */
  readonly freshSeconds: number
  readonly origin: Origin
}
