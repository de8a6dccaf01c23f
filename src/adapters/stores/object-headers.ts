import type { ByteRange } from '../../service/ports.ts'
import { encodeText } from '../../service/stores/encode-key.ts'
import type { ObjectInfo } from '../../service/stores/object-store.ts'

/** `Content-Disposition` that names a file (RFC 6266, RFC 8187). It keeps the name, and browsers that open the object's own address use it. */
export const dispositionOf = (fileName: string): string => `inline; filename*=UTF-8''${encodeText(fileName)}`

/** The name in a `Content-Disposition` as `dispositionOf` writes it; `null` for any other. */
function nameIn(disposition: string | null): string | null {
  const encoded = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition ?? '')?.[1]
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded)
  } catch {
    return null
  }
}

/** An entity tag without its quotes and without the mark of a weak one. */
export const plainEtag = (etag: string | null): string => (etag ?? '').replace(/^W\//, '').replaceAll('"', '')

/** What an answer's headers tell of an object. @param markHeader keeps who stored it. */
export function infoOfHeaders(key: string, headers: Headers, markHeader: string): ObjectInfo {
  const total = /^bytes [^/]*\/(\d+)$/.exec(headers.get('Content-Range') ?? '')?.[1] ?? headers.get('Content-Length')
  return {
    key,
    size: Number(total ?? 0),
    etag: plainEtag(headers.get('ETag')),
    lastModified: new Date(headers.get('Last-Modified') ?? 0),
    mime: headers.get('Content-Type') || 'application/octet-stream',
    fileName: nameIn(headers.get('Content-Disposition')),
    mark: headers.get(markHeader),
  }
}

/** The header `Range` of a range that is not empty (RFC 9110 §14.2). */
export const rangeHeader = (range: ByteRange | undefined): Record<string, string> =>
  range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {}

export const lengthOf = (info: ObjectInfo, range: ByteRange | undefined): number =>
  range ? Math.min(range.end, info.size) - range.start : info.size
