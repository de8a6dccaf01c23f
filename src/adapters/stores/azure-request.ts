import { encodeKey } from '../../service/stores/encode-key.ts'

export interface AzureSettings {
  readonly name: string
  readonly account: string
  /** Address of the account's blob service. */
  readonly endpoint: string
  /** One of the two: base64 of the account's key, or the query of a shared access signature. */
  readonly key?: string | undefined
  readonly sas?: string | undefined
}

export interface AzureRequest {
  readonly query?: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

const VERSION = '2021-12-02'
/** Headers that a signature covers by their place (Microsoft, "Authorize with Shared Key"). */
const BY_PLACE = ['content-encoding', 'content-language', 'content-length', 'content-md5', 'content-type', 'date'] as const
const CONDITIONS = ['if-modified-since', 'if-match', 'if-none-match', 'if-unmodified-since', 'range'] as const

/** Address of a blob, or of a container while the key is empty, with the shared access signature where there is one. */
export function blobUrl({ endpoint, sas }: AzureSettings, container: string, key: string, query: AzureRequest['query'] = {}): URL {
  const url = new URL(`${endpoint.replace(/\/$/, '')}/${encodeKey(container)}${key === '' ? '' : `/${encodeKey(key)}`}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  for (const [name, value] of new URLSearchParams(sas?.replace(/^\?/, ''))) url.searchParams.set(name, value)
  return url
}

/** Makes requests to the blob service: signed with the account's key, or with the shared access signature in their query. */
export function createAzureSigner(settings: AzureSettings) {
  const { account, key } = settings
  const imported = key === undefined ? null : importKey(key)

  return async function sign(
    method: string,
    container: string,
    blob: string,
    { query, headers = {}, body }: AzureRequest,
  ): Promise<Request> {
    const url = blobUrl(settings, container, blob, query)
    const all: Record<string, string> = { ...headers, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': VERSION }
    if (body) all['content-type'] ??= 'application/octet-stream'
    if (imported) {
      const length = body && body.length > 0 ? String(body.length) : ''
      const text = textToSign(method, account, url, { ...all, 'content-length': length })
      const signature = await crypto.subtle.sign('HMAC', await imported, new TextEncoder().encode(text))
      all['authorization'] = `SharedKey ${account}:${btoa(String.fromCharCode(...new Uint8Array(signature)))}`
    }
    return new Request(url, { method, headers: all, ...(body && { body: body as BodyInit }) })
  }
}

const importKey = (base64: string): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    'raw',
    Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )

function textToSign(method: string, account: string, url: URL, headers: Readonly<Record<string, string>>): string {
  const given = (name: string): string => headers[name] ?? ''
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${given(name)}\n`)
  const query = [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `\n${name.toLowerCase()}:${value}`)
  return `${[method, ...BY_PLACE.map(given), ...CONDITIONS.map(given)].join('\n')}\n${own.join('')}/${account}${url.pathname}${query.join('')}`
}
