import type { EngineName } from '../image/codecs/stages.ts'

/** What the service needs of the outside, in its own words: no vendor's type crosses this line. */

/** What a caller says of a file when it stores it. */
export interface FileMeta {
  readonly mime: string
  readonly originalFileName: string | null
  /** Free JSON object of the owner. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
}

/** What a storage rule made, and of which version of which file. */
export interface Derivation {
  /** The rule's id. */
  readonly rule: string
  /** Path of the source, in the same account. */
  readonly source: string
  readonly sourceEtag: string
  /** When that version of the source was stored, in milliseconds since the epoch. */
  readonly sourceTime: number
}

/** Where a file came from. The service alone writes it: it is no part of the metadata that clients see and copies take along. */
export interface FileOrigin {
  /** Names the run of the job that stored the file, so that its repetition is recognised. */
  readonly job?: string
  /** The handle for which it was stored. */
  readonly handle?: string
  readonly derivation?: Derivation
}

export interface FileInfo extends FileMeta {
  /** Absolute path inside the account, beginning with `/`. */
  readonly path: string
  readonly size: number
  /** Changes whenever the bytes change. Unquoted. */
  readonly etag: string
  readonly lastModified: Date
  /** Absent for a file that no job stored. */
  readonly origin?: FileOrigin
}

export interface PutOptions {
  /** Only while nothing is there. */
  readonly ifAbsent?: boolean
  /** Only while this version is there. */
  readonly ifEtag?: string
  readonly origin?: FileOrigin
  /** Whether the store's own address of the file is open to everybody, where stores have that. */
  readonly isPublic?: boolean
}

/** Inclusive start, exclusive end, both inside the file. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface OpenFile {
  readonly info: FileInfo
  readonly body: ReadableStream<Uint8Array>
}

export interface FilePage {
  readonly files: readonly FileInfo[]
  /** Folders directly below the prefix; only with `recursive: false`. Absolute paths without a trailing slash. */
  readonly folders: readonly string[]
  /** There is more after this key (files/path-order.ts); `null` when this was the last page. */
  readonly seenUpTo: string | null
}

export interface ListOptions {
  readonly recursive: boolean
  readonly limit: number
  readonly after?: string | undefined
  /** Only what begins so below the folder. */
  readonly prefix?: string
}

/** The files of all accounts. `path` is absolute and already normalised (files/path.ts). */
export interface FileStore {
  /** `null` when there is none: absence is an answer, not a failure. */
  head(account: string, path: string): Promise<FileInfo | null>
  open(account: string, path: string, range?: ByteRange): Promise<OpenFile | null>
  /** Stores the whole file or nothing. `null`: the condition of `options` does not hold. */
  put(account: string, path: string, body: FileBody, meta: FileMeta, options?: PutOptions): Promise<FileInfo | null>
  /** Deleting what is not there succeeds. */
  delete(account: string, paths: readonly string[]): Promise<void>
  /** Files below a folder in the order of their keys, beginning after the key `after`. */
  list(account: string, folder: string, options: ListOptions): Promise<FilePage>
}

/** Bytes, or a stream whose length is known (storage needs it in advance). */
export type FileBody = Uint8Array | { readonly stream: ReadableStream<Uint8Array>; readonly size: number }

/** A finished result of a plan. */
export interface CachedResult {
  readonly body: ReadableStream<Uint8Array> | Uint8Array
  readonly size: number
  readonly mime: string
  /** Strong validator of exactly these bytes' key. Unquoted. */
  readonly etag: string
  /** What was wrong with the files that it was made of, one sentence after the other in ASCII; empty for good files. */
  readonly warnings: string
  /** Who made it. */
  readonly engine: EngineName
  /** What became of the source's gain map, as a response tells it; absent when the source has none. */
  readonly gainMap?: string | undefined
  /** Which quality was found for it, as a response tells it; or that it is the source's own; absent when the wish named one. */
  readonly quality?: string | undefined
  /** The better format that it stands in for until a process has made that. */
  readonly later?: 'avif' | undefined
  /** The picture has the coefficients of its source. */
  readonly isLossless?: boolean | undefined
  /** What making it took by measurement; absent where nobody remembers. */
  readonly took?: string | undefined
}

export interface StorableResult extends CachedResult {
  readonly body: Uint8Array
  /** What it shows, where it is kept to be found by that. */
  readonly shown?: Shown | undefined
}

/** What a result shows: results with equal looks show the same in several sizes (render/results/look.ts). */
export interface Shown {
  readonly look: string
  readonly width: number
  readonly height: number
}

/** A kept result, as a list tells of it. */
export interface KeptResult extends Shown {
  readonly key: string
  readonly mime: string
  /** Of the source. */
  readonly version: string
}

/** Results near the client. May forget anything at any time; must never return another key's bytes. */
export interface EdgeCache {
  /**
   * Drops the answers that show one of the files, where they are known by them; a result whose file has changed has another key anyway.
   * @returns false when they stay until their time is over.
   */
  purge(account: string, files: { readonly text: string; readonly isPrefix: boolean }): Promise<boolean>
  get(key: string): Promise<CachedResult | null>
  put(key: string, result: StorableResult, ttlSeconds: number): Promise<void>
}

/** One version of a file. */
export type FileVersion = Pick<FileInfo, 'path' | 'etag'>

/** What a purge removed. */
export interface Purged {
  /** Results of the files themselves. */
  readonly results: number
  /** Results of other sources in which one of the files is drawn. */
  readonly layered: number
  /** The sources of those, each once; the first `MAX_NAMED` alone. */
  readonly layeredSources: readonly string[]
}

/** How many names a report has at most. */
export const MAX_NAMED = 100

/** Results kept for good, below the account and the path of their source so that they can be found again for a purge. */
export interface ResultStore {
  get(account: string, path: string, key: string): Promise<CachedResult | null>
  /** Some of the results of one source, in no order: those of which it is known what they show. One call of the storage. */
  list(account: string, path: string): Promise<readonly KeptResult[]>
  /** @param layers what else the result shows. It can be found by each of them, too. */
  put(account: string, source: FileVersion, key: string, result: StorableResult, layers?: readonly FileVersion[]): Promise<void>
  /**
   * Forgets every result of one file, or of every file whose path begins with the text: those of which it is the source, and those that draw it.
   * When it has ended, none of them is there.
   * @param unlessOf results of this version of the file stay.
   */
  purge(account: string, files: { readonly text: string; readonly isPrefix: boolean }, unlessOf?: string): Promise<Purged>
}

/** The space of the storage. */
export interface Room {
  /**
   * Does a write of about so many bytes, while there is space for it.
   * @throws AppError `storage_full`, also when the space runs out meanwhile: then the write may yet succeed, unseen.
   */
  hold<T>(bytes: number, write: () => Promise<T>): Promise<T>
  /** Does what frees space, which needs a little itself: the reserve is there for it. */
  free<T>(work: () => Promise<T>): Promise<T>
}

/** What the record of an upload or a process may take: a database of its own, and its lines in others. */
export const RECORD_BYTES = 100_000

/** Of a storage that does not get full. */
export const ENDLESS_ROOM: Room = { hold: (_, write) => write(), free: (work) => work() }

/** What a machine tells of the disk that holds all state. */
export interface DiskState {
  /** Bytes that may still be stored; negative when the reserve is touched. */
  readonly usable: number
  /** How many writes have found no space so far. */
  readonly failures: number
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** Uniform random bytes from a cryptographic source. */
export type RandomBytes = (count: number) => Uint8Array

/** SHA-256 of a text, lower-case hex. */
export type HashText = (text: string) => Promise<string>

/** Ends after so many milliseconds. */
export type Wait = (milliseconds: number) => Promise<void>

/** Work that may go on after the answer has been sent. */
export type Defer = (work: Promise<unknown>) => void

/** Writes one entry of the operator's log. Values are plain JSON; `level` is `info` when absent. */
export type Log = (entry: Readonly<Record<string, unknown>> & { readonly message: string }) => void
