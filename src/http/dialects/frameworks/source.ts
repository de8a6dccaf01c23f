import { AppError } from '../../../errors.ts'
import { checkFilePath } from '../../../service/files/path.ts'

/** A folder that shows files of a web server. */
export interface WebMount {
  readonly folder: string
  /** Address of the files, with a slash at its end. */
  readonly base: string
}

export interface SourceScope {
  readonly account: string
  /** Of the request. */
  readonly host: string
  /** Of the account. */
  readonly mounts: readonly WebMount[]
}

/** As Next.js has it. */
const MOST_LENGTH = 3072
const ADDRESS = /^[a-z][a-z0-9+.-]*:/i
/** Proxies make one slash of two. */
const WEB_ADDRESS = /^(https?):\/{1,2}(?=[^/\\])/i
/** `https%3A%2F%2F…` in a path. */
const ENCODED_ADDRESS = /^https?%3a/i

/**
 * The file that a framework names: a path of the account; an address of this service that shows a file of the account as it is; or an address below that of a mounted
 * web server. Nothing else is ever asked.
 * @param reference as a URL has it: a path or an address, percent-encoded, without a query.
 * @returns the path of the file in the account.
 * @throws AppError `invalid_parameter`, `invalid_path`, both of `url`.
 */
export function resolveSource(reference: string, scope: SourceScope): string {
  if (reference.length > MOST_LENGTH) throw refused(`at most ${MOST_LENGTH} characters`, reference)
  // The parser of addresses would drop some of them.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\\\u0000-\u001f]/.test(reference)) throw refused(EXPECTED, reference)
  if (/[?#]/.test(reference)) throw refused('a path or address without "?" and "#"', reference)
  if (ADDRESS.test(reference)) return ofAddress(reference, scope)
  return decodePath(reference.startsWith('/') ? reference : `/${reference}`)
}

/** The reference that stands in a path behind other segments. */
export const referenceIn = (rest: string): string => (ENCODED_ADDRESS.test(rest) ? decoded(rest) : rest)

const EXPECTED = 'the path of a file, or an address of this service or of a mounted web server'
const refused = (expected: string, reference: string): AppError =>
  new AppError('invalid_parameter', {
    field: 'url',
    reason: `Expected ${expected} for "url", received ${JSON.stringify(reference.slice(0, 100))}.`,
  })

function ofAddress(reference: string, { account, host, mounts }: SourceScope): string {
  const text = reference.replace(WEB_ADDRESS, '$1://')
  const url = WEB_ADDRESS.test(reference) && URL.canParse(text) ? new URL(text) : null
  if (!url || url.username !== '' || url.password !== '') throw refused(EXPECTED, reference)
  if (url.host === host) {
    const shown = new RegExp(`^/${account}/(?:image|raw)(/.+)$`).exec(url.pathname)?.[1]
    if (shown !== undefined) return decodePath(shown)
  }
  const mount = mounts.find(({ base }) => url.href.startsWith(base) && url.href.length > base.length)
  if (!mount) throw refused(EXPECTED, reference)
  return decodePath(`${mount.folder}/${url.href.slice(mount.base.length)}`)
}

/** Each segment by itself, and once. */
function decodePath(path: string): string {
  const segments = path.split('/').map(decoded)
  if (segments.some((segment) => segment.includes('/')))
    throw new AppError('invalid_path', { field: 'url', reason: 'Expected slashes as "/", received "%2F".' })
  return checkFilePath(segments.join('/'), 'url')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AppError('invalid_path', {
      field: 'url',
      reason: `Expected percent-encoded UTF-8, received ${JSON.stringify(text.slice(0, 100))}.`,
    })
  }
}
