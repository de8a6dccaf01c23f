import { AppError } from '../../errors.ts'
import { OWNER } from '../files/choose-path.ts'
import type { StoreUpload } from '../files/upload.ts'
import type { Clock, FileBody, FileInfo, FileStore, RandomBytes } from '../ports.ts'
import { isHandle, newHandle } from './handle.ts'
import type { FileClaims, HandleIndex, HandleRecord } from './ports.ts'

/** A store that takes longer has died. Should it be alive after all, it fails. */
export const PENDING_MS = 3_600_000

export interface StoredFilesDeps {
  readonly files: Pick<FileStore, 'head'>
  readonly upload: StoreUpload
  readonly index: HandleIndex
  readonly claims: FileClaims
  readonly random: RandomBytes
  readonly clock: Clock
}

/** What is stored. */
export interface Content {
  readonly body: FileBody
  /** `null`: the content decides, then the name. */
  readonly mime: string | null
  /** The type of what stays unknown. */
  readonly unknownMime: string
  readonly fileName: string
}

/** A file with the handle that names it. */
export interface StoredFile {
  readonly record: HandleRecord
  readonly info: FileInfo
}

export interface StoredFiles {
  /**
   * Stores a file under a new handle.
   * @param given the handle, when somebody else has chosen it.
   * @throws AppError `conflict` for a given handle that is taken; those of `upload`.
   */
  store(place: Omit<HandleRecord, 'handle'>, content: Content, given?: string): Promise<StoredFile>
  /** @throws AppError `file_not_found` also for a handle that is no handle. */
  find(handle: string): Promise<HandleRecord>
  /** The file of a record as it is now. @throws AppError `file_not_found` when it was deleted another way. */
  head(record: HandleRecord): Promise<FileInfo>
  /** Replaces the file; all its handles show the new one. @throws AppError `file_not_found` when the handle was removed meanwhile. */
  overwrite(record: HandleRecord, content: Content): Promise<FileInfo>
  /** Removes the handle, and the file unless it is to be kept or another handle names it. */
  remove(record: HandleRecord, keepFile: boolean): Promise<void>
}

const missing = (handle: string): AppError => new AppError('file_not_found', { field: handle.slice(0, 40) })

const taken = (handle: string): AppError =>
  new AppError('conflict', { field: 'handle', reason: `The handle ${handle} names a file, or one is being stored under it.` })

/** Takes back a file that was written for a handle which is no more. */
export const createTakeBack = (claims: FileClaims) =>
  async function takeBack({ account, path, handle }: HandleRecord): Promise<void> {
    await claims.claim(account, path, handle)
    await claims.release(account, path, handle, 'own')
  }

/**
 * Files by handle. Each step is recorded before it is done: the pending handle, its claim to the path, the file, the handle. Whoever dies in
 * between has answered nothing, and the index's sweep takes back what is there.
 */
export function createStoredFiles({ files, upload, index, claims, random, clock }: StoredFilesDeps): StoredFiles {
  const put = ({ account, path, handle, isPublic = false }: HandleRecord, { fileName, ...content }: Content): Promise<FileInfo> =>
    upload({ ...content, account, destination: path, originalFileName: fileName, permit: OWNER, origin: { handle }, isPublic })

  const takeBack = createTakeBack(claims)

  return {
    async store(place, content, given) {
      const record: HandleRecord = { ...place, handle: given ?? newHandle(random) }
      const { account, path, handle } = record
      const until = clock.now() + PENDING_MS
      if (given === undefined) await index.begin(record, until)
      else if (!(await index.reserve(record, until))) throw taken(given)
      try {
        await claims.claim(account, path, handle)
        const info = await put(record, content)
        if (await index.settle(handle)) return { record, info }
        await takeBack(record)
        throw new AppError('upload_not_found')
      } catch (thrown) {
        // The sweep would do it later; a failure here leaves it to the sweep.
        await index.remove(handle, false).catch(() => undefined)
        throw thrown
      }
    },
    async find(handle) {
      const record = isHandle(handle) ? await index.find(handle) : null
      if (!record) throw missing(handle)
      return record
    },
    async head({ account, path, handle }) {
      const info = await files.head(account, path)
      if (!info) throw missing(handle)
      return info
    },
    async overwrite(record, content) {
      if (!(await index.overwrite(record.handle, clock.now() + PENDING_MS))) throw missing(record.handle)
      const info = await put(record, content)
      if (await index.find(record.handle)) return info
      await takeBack(record)
      throw missing(record.handle)
    },
    remove: ({ handle }, keepFile) => index.remove(handle, keepFile),
  }
}
