import { AppError } from '../../errors.ts'
import type { ObjectInfo, ObjectStore } from '../stores/object-store.ts'
import type { Origin, OriginFile } from './origin.ts'

/** A container of a configured store; names follow the prefix. */
export function createStoreOrigin(store: ObjectStore, container: string, prefix: string): Origin {
  const fileOf = ({ size, mime, etag, lastModified }: ObjectInfo): OriginFile => ({
    size,
    mime,
    validator: etag === '' ? null : etag,
    lastModified,
  })
  return {
    async head(name) {
      const info = await store.head(container, prefix + name)
      return info && fileOf(info)
    },
    async open(name, range) {
      const open = await store.open(container, prefix + name, range)
      return open && { file: fileOf(open.info), body: open.body }
    },
  }
}

/** A store that lacks a setting: every call says which. */
export function createLackingOrigin(store: string, lacks: string): Origin {
  const refuse = (): Promise<never> =>
    Promise.reject(new AppError('store_failed', { reason: `The store ${JSON.stringify(store)} is not configured: ${lacks}.` }))
  return { head: refuse, open: refuse }
}
