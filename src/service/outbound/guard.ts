import { AppError } from '../../errors.ts'
import { isSpecialAddress } from './ranges.ts'

/**
 * Last labels of names that belong to a network of its own, not to the public tree of names: reserved ones (RFC 2606, 6761, 6762, 7686, 8375,
 * 9476; ICANN keeps `internal`, `home`, `corp` and `mail` out of the root), and those of routers, containers and clusters.
 */
const PRIVATE_TREES = `
  localhost localdomain localhost6 localdomain6 local internal test invalid example onion alt arpa
  intranet intra private priv lan home homenet corp corporate office mail domain workgroup
  router gateway localnet loc dhcp svc cluster kube k8s consul docker podman containers i2p
`
  .trim()
  .split(/\s+/)

/** Header of an answer that did not come from the URL: the way out has refused its address. Only the local way out sets it. */
export const REFUSED_HEADER = 'Emulsion-Outbound-Refused'

const refusal = (expected: string, received: string): AppError =>
  new AppError('invalid_parameter', { field: 'url', reason: `Expected ${expected}, received ${JSON.stringify(received.slice(0, 200))}.` })

/** The host of a URL without the dots at its end, which mean the same host. */
const hostOf = ({ hostname }: URL): string => hostname.toLowerCase().replace(/\.+$/, '')

/** Whether one of the entries, `host` or `host:port`, names the URL's host. */
export function isNamedIn(hosts: readonly string[], url: URL): boolean {
  const host = hostOf(url)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return hosts.some((named) => [host, `${host}:${port}`].includes(named.toLowerCase()))
}

/**
 * Parses a URL that a stranger wants this service to call, and refuses every URL that leads inside: private, loopback, link-local and
 * carrier-NAT addresses, IPv6 that embeds IPv4, local names, single-label names, user info, other schemes. The platform's parser has already
 * turned odd spellings (`0x7f.1`, `2130706433`) into plain ones. What a name resolves to is checked by the connection: by the platform's
 * network when the Worker is deployed, by src/local/outbound.ts under `npm start`.
 * @param allowHosts `host` or `host:port`, as the operator lists them; these may be private.
 * @param ownHosts `host` or `host:port` of this service itself, which it never calls.
 * @param maxLength of the text, in characters.
 * @throws AppError `invalid_parameter`.
 */
export function checkPublicUrl(text: string, allowHosts: readonly string[], ownHosts: readonly string[] = [], maxLength = 2048): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || text.length > maxLength) throw refusal(`a URL of at most ${maxLength} characters`, text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal('http or https', text)
  if (url.username !== '' || url.password !== '') throw refusal('a URL without user and password', url.host)
  if (isNamedIn(ownHosts, url)) throw refusal('another host than this service', url.host)
  if (isNamedIn(allowHosts, url)) return url
  const host = hostOf(url)
  const isInside = isSpecialAddress(host.startsWith('[') ? host.slice(1, -1) : host) ?? isPrivateName(host)
  if (isInside) throw refusal('a public address', url.host)
  return url
}

function isPrivateName(host: string): boolean {
  const labels = host.split('.')
  return labels.length < 2 || PRIVATE_TREES.includes(labels.at(-1) ?? '')
}

/** The way out has found that the URL's name leads inside. */
export const refusedAddress = (url: URL): AppError => refusal('a public address', url.host)

/** `EMULSION_ALLOW_HOSTS`: comma-separated hosts or host:port. */
export const readAllowHosts = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
