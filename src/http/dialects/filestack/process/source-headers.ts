import { AppError } from '../../../../errors.ts'

const MOST = 20
const MOST_CHARACTERS = 4096
/** Headers of the connection, those that say what comes back, and those by which proxies tell who asks (RFC 9110 §7.6.1, Fetch standard §2.2.2). */
const REFUSED =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-.*|proxy-.*|sec-.*|cf-.*|x-forwarded-.*|x-real-ip|forwarded|via|cdn-loop|range|if-.*|accept-encoding)$/i

const refuse = (reason: string): AppError => new AppError('invalid_parameter', { field: 'headers', reason })

/**
 * The headers that a source is sent by a client's wish, such as `Authorization`.
 * @throws AppError `invalid_parameter` for too many, malformed ones, and those that are not the client's to set.
 */
export function readSourceHeaders(wished: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(wished)
  if (entries.length > MOST) throw refuse(`Expected at most ${MOST} headers, received ${entries.length}.`)
  for (const [name, value] of entries) {
    const shown = JSON.stringify(name.slice(0, 60))
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) throw refuse(`Expected the name of a header, received ${shown}.`)
    if (REFUSED.test(name)) throw refuse(`The header ${shown} cannot be set.`)
    if (!/^[\t\u0020-\u007e]*$/.test(value) || value.length > MOST_CHARACTERS)
      throw refuse(`Expected at most ${MOST_CHARACTERS} printable ASCII characters for ${shown}.`)
  }
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))
}
