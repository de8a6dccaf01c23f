import { AppError } from '../../../errors.ts'
import { checkFilePath } from '../../../service/files/path.ts'
import type { Version } from './version.ts'

/** The four parameters of a picture, decoded. */
export interface ImageWords {
  readonly region: string
  readonly size: string
  readonly rotation: string
  readonly quality: string
  readonly format: string
}

/** What a URL of the dialect asks for. */
export type Asked = { readonly kind: 'base' } | { readonly kind: 'info' } | { readonly kind: 'image'; readonly words: ImageWords }

export interface Address {
  readonly version: Version
  /** Of the file in the account. */
  readonly path: string
  readonly asked: Asked
}

/** `/{account}/iiif/{version}` */
const SEGMENTS_BEFORE = 3

/**
 * Reads `/{account}/iiif/{2|3}/{identifier}[/info.json | /{region}/{size}/{rotation}/{quality}.{format}]`. The identifier is the path of a file without
 * its first slash, each other slash as `%2F`; every segment is decoded by itself (Image API 3.0 §2, §3).
 * @returns null for a path with another number of segments.
 * @throws AppError `invalid_path` of the identifier, `invalid_parameter`.
 */
export function readAddress(pathname: string): Address | null {
  const [version, identifier = '', ...rest] = pathname.split('/').slice(SEGMENTS_BEFORE).map(decodeSegment)
  if ((version !== '2' && version !== '3') || identifier === '') return null
  const asked = readAsked(rest)
  return asked && { version, path: checkFilePath(`/${identifier}`, 'identifier'), asked }
}

function readAsked(rest: readonly string[]): Asked | null {
  const [first, size, rotation, last] = rest
  if (rest.length === 0 || (rest.length === 1 && first === '')) return { kind: 'base' }
  if (rest.length === 1 && first === 'info.json') return { kind: 'info' }
  if (rest.length !== 4 || first === undefined || size === undefined || rotation === undefined || last === undefined) return null
  const dot = last.lastIndexOf('.')
  if (dot <= 0)
    throw new AppError('invalid_parameter', {
      field: 'format',
      reason: `Expected a quality, a dot and a format, received ${JSON.stringify(last.slice(0, 100))}.`,
    })
  return { kind: 'image', words: { region: first, size, rotation, quality: last.slice(0, dot), format: last.slice(dot + 1) } }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new AppError('invalid_path', {
      field: 'identifier',
      reason: `Expected percent-encoded UTF-8, received ${JSON.stringify(segment.slice(0, 100))}.`,
    })
  }
}

/** The URI of a picture without its parameters: its `id`. */
export const baseUri = (origin: string, account: string, version: Version, path: string): string =>
  `${origin}/${account}/iiif/${version}/${encodeURIComponent(path.slice(1))}`
