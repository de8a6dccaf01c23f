import type { FileInfo, FileMeta, FileOrigin } from '../service/ports.ts'

export const keyOf = (account: string, path: string): string => account + path

/** Custom metadata travels in headers, so its JSON is kept in ASCII. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[^\u0020-\u007e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

export const packMeta = ({ originalFileName, metadata, tags }: FileMeta): Record<string, string> => ({
  meta: asciiJson({ originalFileName, metadata, tags }),
})

/** The object that an origin belongs to is part of it: another tool's copy of the object carries it along, and then it means nothing. */
export const packOrigin = (origin: FileOrigin, account: string, path: string): Record<string, string> => ({
  origin: asciiJson({ account, path, ...origin }),
})

export function infoOf(object: R2Object, account: string): FileInfo {
  return {
    path: object.key.slice(account.length),
    size: object.size,
    etag: object.etag,
    lastModified: object.uploaded,
    mime: object.httpMetadata?.contentType ?? 'application/octet-stream',
    ...unpackMeta(object.customMetadata?.['meta']),
    ...unpackOrigin(object, account),
  }
}

const NO_META = { originalFileName: null, metadata: {}, tags: [] }

/** An object that came into the bucket another way has no metadata of ours, or somebody else's under our name. */
function unpackMeta(text: string | undefined): Omit<FileMeta, 'mime'> {
  if (text === undefined) return NO_META
  try {
    return { ...NO_META, ...(JSON.parse(text) as Omit<FileMeta, 'mime'>) } // written by packMeta
  } catch {
    return NO_META
  }
}

function unpackOrigin({ key, customMetadata }: R2Object, owner: string): { readonly origin?: FileOrigin } {
  try {
    const { account, path, ...origin } = JSON.parse(customMetadata?.['origin'] ?? '{}') as FileOrigin & Record<'account' | 'path', unknown> // written by packOrigin
    return account === owner && path === key.slice(owner.length) ? { origin } : {}
  } catch {
    return {}
  }
}

/**
 * R2 cannot join parts on the condition that a key is free, but it can put an object on that condition. So an exclusive upload first takes
 * its path with an empty object, which the file then replaces. Until then it counts as nothing, except that nobody else can take the path.
 */
const PENDING = 'pending'
export const placeholderOf = (uploadId: string): Record<string, string> => ({ [PENDING]: uploadId })
export const isPlaceholder = (object: R2Object, uploadId?: string): boolean => {
  const pending = object.customMetadata?.[PENDING]
  return pending !== undefined && (uploadId === undefined || pending === uploadId)
}

/** Marks the file that an upload made, so that finishing twice is seen. */
const UPLOAD = 'upload'
export const madeBy = (uploadId: string): Record<string, string> => ({ [UPLOAD]: uploadId })
export const isMadeBy = (object: R2Object, uploadId: string): boolean => object.customMetadata?.[UPLOAD] === uploadId
