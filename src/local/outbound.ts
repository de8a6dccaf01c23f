import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { AppError } from '../errors.ts'
import { checkPublicUrl, isNamedIn, REFUSED_HEADER } from '../service/outbound/guard.ts'
import { isSpecialAddress } from '../service/outbound/ranges.ts'

const MAX_URL_LENGTH = 100_000
/** Headers that speak of one connection (RFC 9110 §7.6.1), and the one that only this proxy may set. */
const OWN_HEADERS = ['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']

/** Finds all addresses of a name, as `dns.lookup` with `all` does. */
export type LookupAll = (
  name: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

export interface Outbound {
  /** `unix:/path`; front-worker.ts leads every `fetch` of the Worker there. */
  readonly address: string
  close(): Promise<void>
}

/**
 * The way out of `npm start`. When the Worker is deployed, the platform's network reaches public addresses only; here this proxy sees to it.
 * It resolves the name, refuses when one of the addresses is not public, and connects to the addresses that it has checked, so that a second
 * answer of the name server changes nothing. It follows no redirect: each hop comes as a request of its own.
 * @param allowHosts `host` or `host:port` that may be private (EMULSION_ALLOW_HOSTS).
 */
export async function startOutbound(allowHosts: readonly string[], lookup: LookupAll = systemLookup): Promise<Outbound> {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-outbound-')) // 0700: no other user of the machine can use the proxy
  const socket = join(folder, 'socket')
  const checked = checkedLookup(lookup)
  // A request to a proxy names its host in the URL.
  const server = createServer({ requireHostHeader: false }, (request, response) => forward(request, response, allowHosts, checked, lookup))
  await new Promise<void>((done, failed) => server.once('error', failed).listen(socket, done))
  return {
    address: `unix:${socket}`,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

class RefusedAddress extends Error {}

/** A look-up for a connection: all addresses of the name, or an error when one of them is not public. */
export const checkedLookup =
  (lookup: LookupAll): LookupFunction =>
  (name, options, callback) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      const inside = addresses?.find(({ address }) => isSpecialAddress(address) !== false)
      if (error || inside) return callback(error ?? new RefusedAddress(`${name} is ${inside?.address}`), [])
      return answerLookup(addresses, options.all === true, callback)
    })

const plainLookup =
  (lookup: LookupAll): LookupFunction =>
  (name, options, callback) =>
    lookup(name, { ...options, all: true }, (error, addresses) =>
      error ? callback(error, []) : answerLookup(addresses, options.all === true, callback),
    )

function answerLookup(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = addresses
  if (all || first === undefined) callback(first ? null : new Error('The name has no address'), addresses)
  else callback(null, first.address, first.family)
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  allowHosts: readonly string[],
  checked: LookupFunction,
  lookup: LookupAll,
): void {
  let url: URL
  try {
    url = checkPublicUrl(incoming.url ?? '', allowHosts, [], MAX_URL_LENGTH)
  } catch (error) {
    return refuse(response, error)
  }
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url.href, {
    method: incoming.method,
    headers: passedOn(incoming, url),
    lookup: isNamedIn(allowHosts, url) ? plainLookup(lookup) : checked,
    agent: false,
  })
  request.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passedOn(answer))
    response.flushHeaders() // the Worker judges by the headers before a body comes
    pipeline(answer, response, () => undefined)
  })
  request.on('error', (error) => {
    if (error instanceof RefusedAddress) refuse(response, error)
    else response.destroy() // the Worker's fetch fails, as it does without this proxy
  })
  response.on('close', () => request.destroy())
  pipeline(incoming, request, () => undefined)
}

function refuse(response: ServerResponse, error: unknown): void {
  const reason = error instanceof AppError ? error.publicText : String(error)
  response.writeHead(403, { [REFUSED_HEADER]: 'true', 'Content-Type': 'text/plain' }).end(reason)
}

/** The headers of a message without those of its connection, as name, value, name, value. */
function passedOn({ rawHeaders }: IncomingMessage, target?: URL): string[] {
  const kept: string[] = target === undefined ? [] : ['Host', target.host]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    const dropped = [...OWN_HEADERS, REFUSED_HEADER.toLowerCase(), ...(target === undefined ? [] : ['host'])]
    if (!dropped.includes(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}
