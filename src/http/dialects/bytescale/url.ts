import { AppError } from '../../../errors.ts'
import { checkFilePath } from '../../../service/files/path.ts'
import { encodePath } from '../../encode-path.ts'

export interface Target {
  /** Absolute path of the file, decoded. */
  readonly path: string
  /** The parameters in the order in which they were sent. */
  readonly query: readonly (readonly [string, string])[]
}

/**
 * Reads the part of a request's URL after the account and the processing name. Each segment is decoded by itself. An encoded slash is an
 * error, because it would name a file that has no URL. An unescaped `!` in the path stands for the `?` (docs/protocols/bytescale.md §1.2).
 * @throws AppError `invalid_path`.
 */
export function readTarget(url: URL, segmentsBefore: number): Target {
  const bang = url.pathname.indexOf('!')
  const pathname = bang < 0 ? url.pathname : url.pathname.slice(0, bang)
  const search = new URLSearchParams(bang < 0 ? url.search : `${url.pathname.slice(bang + 1)}${url.search.replace('?', '&')}`)
  const segments = pathname.split('/').slice(1 + segmentsBefore)
  return { path: checkFilePath(`/${segments.map(decodeSegment).join('/')}`), query: [...search] }
}

function decodeSegment(segment: string): string {
  let text: string
  try {
    text = decodeURIComponent(segment)
  } catch {
    throw new AppError('invalid_path', {
      field: 'filePath',
      reason: `Expected percent-encoded UTF-8, received ${JSON.stringify(segment.slice(0, 100))}.`,
    })
  }
  if (text.includes('/')) throw new AppError('invalid_path', { field: 'filePath', reason: 'Expected slashes as "/", received "%2F".' })
  return text
}

export const rawFileUrl = (origin: string, account: string, path: string): string => `${origin}/${account}/raw${encodePath(path)}`
