import type { ByteRange } from '../ports.ts'

/** What is said of an object when it is stored. */
export interface ObjectAbout {
  readonly mime: string
  /** The name that it has for people; `null`: that of its key. */
  readonly fileName: string | null
  /** Who stored it, in at most 100 characters of `A-Za-z0-9_-`. Stores that keep no such mark drop it. */
  readonly mark: string | null
  /** Whether the object's own address in the store is open to everybody. Only where the store has `canPublish`. */
  readonly isPublic: boolean
}

export interface ObjectInfo extends Pick<ObjectAbout, 'fileName' | 'mark'> {
  readonly key: string
  /** `null`: the store keeps no types. */
  readonly mime: string | null
  readonly size: number
  /** Changes whenever the bytes change. Unquoted. */
  readonly etag: string
  readonly lastModified: Date
}

export interface OpenObject {
  /** `size` is that of the whole object, also when a range was asked for. */
  readonly info: ObjectInfo
  readonly body: ReadableStream<Uint8Array>
}

/** An upload in parts: where it goes, and what the store calls it. Plain data, so it can be kept. */
export interface PartUpload {
  readonly container: string
  readonly key: string
  readonly about: ObjectAbout
  readonly id: string
}

export interface StoredPart {
  /** Counted from 1. */
  readonly number: number
  readonly size: number
  /** What the store answered for it. */
  readonly etag: string
}

export interface ObjectPage {
  readonly objects: readonly Pick<ObjectInfo, 'key' | 'size' | 'etag' | 'lastModified'>[]
  /** Where the next page begins; `null` when this was the last one. */
  readonly next: string | null
}

/**
 * Objects of one configured store, by container and key. A key has no slash in front and passes `checkFilePath` behind one. What is not there is
 * `null`, in a container that is not there too.
 * @throws AppError `store_failed` when the store refuses a call or does not answer; its sentence names the store and the store's own code.
 */
export interface ObjectStore {
  /** As the settings name it. */
  readonly name: string
  /** Whether an object can be made public by itself. */
  readonly canPublish: boolean
  readonly limits: {
    /** A part that is not the last one has a multiple of these bytes. */
    readonly partStepBytes: number
    readonly maxParts: number
  }
  head(container: string, key: string): Promise<ObjectInfo | null>
  open(container: string, key: string, range?: ByteRange): Promise<OpenObject | null>
  /** Stores the whole object or nothing, and replaces what is there. For bytes that fit into one call; others go in parts. */
  put(container: string, key: string, bytes: Uint8Array, about: ObjectAbout): Promise<void>
  /** Deleting what is not there succeeds. */
  delete(container: string, key: string): Promise<void>
  /** Objects whose keys begin with the prefix, in the store's order. @param from `next` of the page before. */
  list(container: string, wish: { readonly prefix: string; readonly limit: number; readonly from?: string }): Promise<ObjectPage>
  /** Copies inside a container, on the store's side. `false`: there is no such object. */
  copy(container: string, from: string, to: string): Promise<boolean>
  /** Nothing of the upload can be seen before it is completed. */
  begin(container: string, key: string, about: ObjectAbout): Promise<PartUpload>
  /** @param at bytes of the parts before. The parts of one upload are stored one after the other. */
  putPart(upload: PartUpload, number: number, at: number, bytes: Uint8Array): Promise<StoredPart>
  complete(upload: PartUpload, parts: readonly StoredPart[]): Promise<void>
  /** Gives up an upload and what it has stored. */
  abort(upload: PartUpload, parts: readonly StoredPart[]): Promise<void>
}
