// The Worker of `npm start` that clients reach: what Cloudflare's network does in front of a deployed Worker. Its types are stripped and it runs
// as it stands, so it imports nothing.

export interface PublicFile {
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Below `public/`, as URLs write it. */
  readonly path: string
}

export interface FrontEnv {
  readonly SERVICE: { fetch(request: Request): Promise<Response> }
  /** The proxy that all requests leave through (outbound.ts). */
  readonly PROXY: { fetch(request: Request): Promise<Response> }
  /** The folder `public/` on the disk. */
  readonly PUBLIC: { fetch(url: string): Promise<Response> }
  /** Its files by the paths of the service. */
  readonly FILES: Readonly<Record<string, PublicFile>>
  /** Other paths of these files. */
  readonly REDIRECTS: Readonly<Record<string, string>>
}

/** Where the other Workers' `fetch` leads: a proxy that receives the whole URL. It stands in this Worker, since each one costs 10 MB. */
export const Outbound = {
  fetch: (request: Request, { PROXY }: Pick<FrontEnv, 'PROXY'>): Promise<Response> => PROXY.fetch(request),
}

/** Headers that only the network may set, and those by which the parts of the local runtime speak to each other. */
const NOT_FROM_CLIENTS = /^(?:mf-|cf-)/
/** `192.0.2.1:5000` or `[2001:db8::1]:5000`. */
const ADDRESS = /^\[?(.*?)\]?:\d+$/

export default {
  async fetch(request: Request, { SERVICE, PUBLIC, FILES, REDIRECTS }: Omit<FrontEnv, 'PROXY'>): Promise<Response> {
    const url = URL.parse(request.url)
    // `OPTIONS *` arrives with a star in the host's place.
    if (url === null || url.hostname.includes('*')) return refuse('The Host header or the target of the request is not valid.')
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (reading && Object.hasOwn(FILES, url.pathname)) return answerFile(request, FILES[url.pathname] as PublicFile, PUBLIC)
    if (reading && Object.hasOwn(REDIRECTS, url.pathname))
      return new Response(null, { status: 307, headers: { Location: `${REDIRECTS[url.pathname]}${url.search}` } })
    return SERVICE.fetch(asNetworkSends(request, url))
  },

  /** The method CONNECT: this is no proxy. */
  async connect(socket: { close(): Promise<void> }): Promise<void> {
    await socket.close()
  },
}

/** The request as the network would send it: the client's address is the one that connected, the scheme the one that a proxy in front names. */
function asNetworkSends(request: Request, url: URL): Request {
  const headers = new Headers(request.headers)
  for (const name of request.headers.keys()) if (NOT_FROM_CLIENTS.test(name)) headers.delete(name)
  const { clientIp } = (request.cf ?? {}) as { readonly clientIp?: string } // workerd fills it
  const address = ADDRESS.exec(clientIp ?? '')?.[1]
  if (address) headers.set('CF-Connecting-IP', address)
  const scheme = headers.get('X-Forwarded-Proto')?.split(',')[0]?.trim().toLowerCase()
  if (scheme === 'https' || scheme === 'http') url.protocol = scheme
  return new Request(url, new Request(request, { headers }))
}

/** A file that is gone since the start is a 404. */
async function answerFile(request: Request, file: PublicFile, folder: FrontEnv['PUBLIC']): Promise<Response> {
  const known = (request.headers.get('If-None-Match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  const headers = new Headers(file.headers)
  if (known.includes(headers.get('ETag') ?? '') || known.includes('*')) return new Response(null, { status: 304, headers })
  if (request.method === 'HEAD') return new Response(null, { headers })
  const { ok, body } = await folder.fetch(`http://public${file.path}`)
  return ok ? new Response(body, { headers }) : new Response(null, { status: 404 })
}

const refuse = (message: string): Response =>
  Response.json({ error: { code: 'bad_request', message } }, { status: 400, headers: { 'Cache-Control': 'no-store' } })
