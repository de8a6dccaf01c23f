import { AppError } from '../../errors.ts'
import { isSpecialAddress } from './ranges.ts'

/** Names that resolve inside somebody's network. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|in-addr\.arpa|ip6\.arpa|onion)$/

const refusal = (expected: string, received: string): AppError =>
  new AppError('invalid_parameter', { field: 'url', reason: `Expected ${expected}, received ${JSON.stringify(received.slice(0, 200))}.` })

/**
 * Parses a URL that a stranger wants this service to call, and refuses every one that leads inside: private, loopback, link-local and
 * carrier-NAT addresses, IPv6 that embeds IPv4, local names, single-label names, user info, other schemes. The parser of the platform has
 * already folded odd spellings (`0x7f.1`, `2130706433`) when the host is tested. What a public name resolves to cannot be pinned here.
 * @param allowHosts `host` or `host:port`, as the operator lists them; these may be private.
 * @param maxLength of the text, in characters.
 * @param ownHosts `host` or `host:port` of this service itself, which is never to call itself.
 * @throws AppError `invalid_parameter`.
 */
export function checkPublicUrl(text: string, allowHosts: readonly string[], ownHosts: readonly string[] = [], maxLength = 2048): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || text.length > maxLength) throw refusal(`a URL of at most ${maxLength} characters`, text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal('http or https', text)
  if (url.username !== '' || url.password !== '') throw refusal('a URL without user and password', url.host)
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const isNamedIn = (hosts: readonly string[]): boolean => hosts.some((named) => [host, `${host}:${port}`].includes(named.toLowerCase()))
  if (isNamedIn(ownHosts)) throw refusal('another host than this service', url.host)
  if (isNamedIn(allowHosts)) return url
  const literal = host.startsWith('[') ? host.slice(1, -1) : host
  const special = isSpecialAddress(literal)
  const inside = special ?? (!host.includes('.') || PRIVATE_NAMES.test(host))
  if (inside) throw refusal('a public address', url.host)
  return url
}

/** `EMULSION_ALLOW_HOSTS`: comma-separated hosts or host:port. */
export const readAllowHosts = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
