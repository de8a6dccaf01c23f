/** Where the file of a handle is. What it is, its name, type and size, the file itself tells: one object is the only truth. */
export interface HandleRecord {
  readonly handle: string
  /** Key of the app that stored it. */
  readonly app: string
  readonly account: string
  /** Path inside the account, or of an object in a configured store (stores/object-path.ts). */
  readonly path: string
  /** The container's name, and the path below the container's folder, without a slash in front. */
  readonly container: string
  readonly key: string
  /** As the protocol names the store; absent for the account's own bucket. */
  readonly location?: string
  /** Whether the store's own address of the file is open to everybody. */
  readonly isPublic?: boolean
}

/**
 * Which file a handle names. A handle is `pending` from before its file is written until the file is there, and is found only after that. What
 * stays pending is swept: its file is released and the handle forgotten.
 */
export interface HandleIndex {
  /** Records that the file of a handle is about to be written. @param until milliseconds since the epoch: swept after that. */
  begin(record: HandleRecord, until: number): Promise<void>
  /** The same for a handle that somebody else has chosen. `false`: it is taken, also by one that is pending or is being removed. */
  reserve(record: HandleRecord, until: number): Promise<boolean>
  /** The file is there. `false`: the handle has been swept, and nobody will find it. */
  settle(handle: string): Promise<boolean>
  /** The record of a handle whose file is there. */
  find(handle: string): Promise<HandleRecord | null>
  /**
   * Records that the file of a handle is about to be overwritten: a handle that is removed meanwhile takes back its file once more at `until`, for
   * whoever overwrites may die before doing so. `false`: the handle is not there.
   */
  overwrite(handle: string, until: number): Promise<boolean>
  /**
   * From now on nobody finds the handle; then its file is released. Goes on by itself when it is interrupted. A handle that is not there is fine.
   * @param keepFile leaves the file where it is.
   */
  remove(handle: string, keepFile: boolean): Promise<void>
}

/**
 * What happens to a file that its last handle leaves: it is kept; it is deleted when it was stored for this very handle; it is deleted
 * whoever stored it.
 */
export type FileFate = 'keep' | 'own' | 'any'

/** Which handles name a file: several may name one path, and the last one takes the file along. */
export interface FileClaims {
  /** The handle names the file. Waits while the file of this path is being deleted. */
  claim(account: string, path: string, handle: string): Promise<void>
  /** The handle names the file no more. While others do, the file stays. Releasing twice is fine. */
  release(account: string, path: string, handle: string, fate: FileFate): Promise<void>
}

export const HASHES = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const
export type HashName = (typeof HASHES)[number]

/** Several hashes of one stream in one pass, in lower-case hex. @throws AppError `storage_unavailable` when it breaks off. */
export type HashStream = (
  stream: ReadableStream<Uint8Array>,
  names: readonly HashName[],
) => Promise<Readonly<Partial<Record<HashName, string>>>>
