import { AppError } from '../../errors.ts'
import { checkFilePath } from '../../service/files/path.ts'
import type { Source } from './foreign.ts'

/** A part of a URL, decoded once. @throws AppError `invalid_path`. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AppError('invalid_path', {
      field: 'url',
      reason: `Expected percent-encoded UTF-8, received ${JSON.stringify(text.slice(0, 100))}.`,
    })
  }
}

/** A file by its path as it stands in a URL, percent-encoded. Empty segments go. @throws AppError `invalid_path`. */
export const fileAt = (pathname: string, url: string | null = null): Source => ({
  path: checkFilePath(`/${pathname.split('/').filter(Boolean).map(decoded).join('/')}`, 'url'),
  url,
})

/** A file by an address, or by a path of the host that the foreign URL has. @throws AppError `invalid_path`. */
export function fileOf(text: string, base: string): Source {
  const address = /^https?:\/\/?(.*)$/i.exec(text)
  const url = URL.canParse(text, base)
    ? new URL(address ? text.replace(/^(https?:)\/*/i, '$1//') : `/${text.replace(/^\/+/, '')}`, base)
    : null
  if (!url)
    throw new AppError('invalid_path', {
      field: 'url',
      reason: `Expected the address or path of a file, received ${JSON.stringify(text.slice(0, 100))}.`,
    })
  return fileAt(url.pathname, url.href)
}
