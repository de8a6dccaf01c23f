import type { FileInfo, FileMeta } from '../../../../service/ports.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import { readFileName, userContentHeaders } from '../../../user-content.ts'
import { refuse } from '../codes.ts'
import { parameter, type S3Request } from '../request.ts'

const META = 'x-amz-meta-'
/** S3 counts names and values; the service's own limit counts the JSON. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

export type ObjectMeta = Pick<FileMeta, 'metadata' | 'originalFileName'> & { readonly mime: string | null }

/**
 * What a request says of a file. `Cache-Control`, `Expires` and `Content-Language` are not kept: how long answers are kept is a setting of the account.
 * @throws AppError NotImplemented for a `Content-Encoding`: the bytes would be shown without it.
 */
export function readMeta({ headers }: S3Request): ObjectMeta {
  const encodings = (headers.get('content-encoding') ?? '').split(',').map((name) => name.trim())
  const kept = encodings.filter((name) => !['', 'aws-chunked', 'identity'].includes(name))
  if (kept.length > 0)
    throw refuse('NotImplemented', `Files are stored as they are shown: Content-Encoding cannot be ${kept.join(', ').slice(0, 60)}.`)
  const entries = [...headers]
    .filter(([name]) => name.startsWith(META))
    .map(([name, value]) => [name.slice(META.length), decodeWord(value)])
  const disposition = headers.get('content-disposition')
  return {
    mime: headers.get('content-type') ?? null,
    originalFileName: disposition === undefined ? null : readFileName(disposition),
    metadata: Object.fromEntries(entries) as Record<string, string>, // pairs of texts
  }
}

/** Metadata of a file as headers: a text as it is, anything else as JSON. What has no header's name is counted. */
export function metaHeaders({ metadata }: Pick<FileMeta, 'metadata'>): Record<string, string> {
  const entries = Object.entries(metadata)
  const sent = entries.filter(([name]) => TOKEN.test(name))
  const missing = entries.length - sent.length
  return {
    ...Object.fromEntries(
      sent.map(([name, value]) => [META + name, encodeWord(typeof value === 'string' ? value : JSON.stringify(value))]),
    ),
    ...(missing > 0 && { 'x-amz-missing-meta': String(missing) }),
  }
}

/** A text of other characters than printable ASCII, as one encoded word (RFC 2047), as S3 does. */
const encodeWord = (text: string): string =>
  /^[\u0020-\u007e]*$/.test(text) ? text : `=?UTF-8?B?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`

function decodeWord(text: string): string {
  const base64 = /^=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=$/i.exec(text)?.[1]
  if (base64 === undefined) return text
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    return text
  }
}

/** Headers that a signed URL may choose, and those of the answer that they stand in for. */
const CHOSEN = {
  'response-content-type': 'Content-Type',
  'response-content-language': 'Content-Language',
  'response-expires': 'Expires',
  'response-cache-control': 'Cache-Control',
  'response-content-disposition': 'Content-Disposition',
} as const
export const RESPONSE_PARAMETERS = Object.keys(CHOSEN)

/** The headers of an answer with a file's bytes, whoever opens it: a browser must not run it as this origin. */
export function objectHeaders(request: S3Request, info: FileInfo): Record<string, string> {
  const chosen = Object.entries(CHOSEN).flatMap(([name, header]) => {
    const value = parameter(request, name)
    return value === undefined ? [] : [[header, checkHeader(name, value)] as const]
  })
  return {
    'Content-Type': info.mime,
    ...userContentHeaders(info.originalFileName ?? fileNameOf(info.path), false),
    'Cache-Control': 'no-store',
    ...metaHeaders(info),
    ...Object.fromEntries(chosen),
  }
}

function checkHeader(name: string, value: string): string {
  if (!/^[\u0020-\u007e]{0,1000}$/.test(value)) throw refuse('InvalidArgument', `${name} must be printable ASCII.`)
  return value
}
