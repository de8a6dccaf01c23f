import { AppError } from '../../errors.ts'
import type { FileInfo, FileStore } from '../ports.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'
import { type ObjectPlace, placeIn } from './object-path.ts'
import { storeObject } from './store-object.ts'

export interface ObjectFilesDeps {
  /** The files inside accounts. */
  readonly own: FileStore
  readonly stores: readonly ObjectStore[]
  /** The type that a name suggests, for stores that keep no types. */
  readonly mimeOfName: (fileName: string) => string | null
  /** Memory for the part of an upload that is under way. */
  readonly reserve: (bytes: number) => { release(): void } | null
}

/**
 * The files of accounts, and those in configured stores by paths of `objectPath`. Of an object, name, type and the handle it was stored for are
 * what its store keeps.
 */
export function createObjectFiles({ own, stores, mimeOfName, reserve }: ObjectFilesDeps): FileStore {
  const storeOf = ({ store: name }: ObjectPlace): ObjectStore => {
    const store = stores.find((candidate) => candidate.name === name)
    if (!store) throw new AppError('store_failed', { reason: `The store "${name}" is not in the settings.` })
    return store
  }
  const infoOf = (path: string, { key, mime, mark, fileName, ...known }: ObjectInfo): FileInfo => ({
    path,
    size: known.size,
    etag: known.etag,
    lastModified: known.lastModified,
    mime: mime ?? mimeOfName(key) ?? 'application/octet-stream',
    originalFileName: fileName,
    metadata: {},
    tags: [],
    ...(mark !== null && { origin: { handle: mark } }),
  })
  async function head(path: string, place: ObjectPlace): Promise<FileInfo | null> {
    const info = await storeOf(place).head(place.container, place.key)
    return info && infoOf(path, info)
  }

  return {
    async head(account, path) {
      const place = placeIn(path)
      return place ? head(path, place) : own.head(account, path)
    },
    async open(account, path, range) {
      const place = placeIn(path)
      if (!place) return own.open(account, path, range)
      const open = await storeOf(place).open(place.container, place.key, range)
      return open && { info: infoOf(path, open.info), body: open.body }
    },
    async put(account, path, body, meta, options = {}) {
      const place = placeIn(path)
      if (!place) return own.put(account, path, body, meta, options)
      const { origin, isPublic = false } = options
      const about = { mime: meta.mime, fileName: meta.originalFileName, mark: origin?.handle ?? null, isPublic }
      await storeObject(storeOf(place), place, body, about, reserve)
      const info = await head(path, place)
      if (!info) throw new AppError('store_failed', { reason: `The store "${place.store}" lost the file at once.` })
      return info
    },
    async delete(account, paths) {
      for (const path of paths) {
        const place = placeIn(path)
        if (place) await storeOf(place).delete(place.container, place.key)
      }
      const inside = paths.filter((path) => placeIn(path) === null)
      if (inside.length > 0) await own.delete(account, inside)
    },
    list: (account, folder, options) => own.list(account, folder, options),
  }
}
