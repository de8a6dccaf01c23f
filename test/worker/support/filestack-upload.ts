import { createHash } from 'node:crypto'
import { ORIGIN, request } from './client.ts'
import { type App, OPEN } from './filestack.ts'

/** The calls of an upload in parts, as filestack-js makes them. */

export const MIB = 1024 * 1024
export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64')
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
/** Bytes that differ everywhere. */
export const bytesOf = (size: number, seed = 1): Uint8Array<ArrayBuffer> =>
  new Uint8Array(size).map((_, i) => (i * 7 + (i >> 8) * seed) % 251)

export const post = (call: string, body: object): Promise<Response> =>
  request(`/multipart/${call}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })

/** What every call of an upload sends. */
export interface Ticket {
  readonly apikey: string
  readonly uri: string
  readonly region: string
  readonly upload_id: string
  readonly store: object
  /** Credentials and `fii`, when the start had them. */
  readonly [option: string]: unknown
}
export interface Part {
  readonly part_number: number
  readonly etag: string
}
export interface Done {
  readonly handle: string
  readonly key: string
  readonly [name: string]: unknown
}

const expectOk = async <T>(response: Response): Promise<T> => {
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}

export async function start(size: number, options: object = {}, store: object = {}, app: App = OPEN): Promise<Ticket> {
  const body = { apikey: app.key, filename: 'a.txt', mimetype: 'text/plain', size, store: { location: 's3', ...store }, ...options }
  const { uri, region, upload_id } = await expectOk<Ticket>(await post('start', body))
  const { policy, signature, fii } = options as Readonly<Record<string, unknown>>
  return { apikey: app.key, uri, region, upload_id, store: { location: 's3', ...store }, policy, signature, fii }
}

export const partUrl = async (ticket: Ticket, part: number, bytes: Uint8Array, options: object = {}): Promise<string> =>
  (await expectOk<{ url: string }>(await post('upload', { ...ticket, part, size: bytes.length, md5: md5(bytes), ...options }))).url

export const put = (url: string, body: Uint8Array<ArrayBuffer> | string): Promise<Response> =>
  request(url.slice(ORIGIN.length), { method: 'PUT', body })

/** Sends a part or, with `{ fii: true, offset }`, a chunk of it. */
export async function send(ticket: Ticket, part: number, bytes: Uint8Array<ArrayBuffer>, options: object = {}): Promise<Part> {
  const response = await put(await partUrl(ticket, part, bytes, options), bytes)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return { part_number: part, etag: response.headers.get('ETag') ?? '' }
}

export const complete = (ticket: Ticket, size: number, parts?: readonly Part[], options: object = {}): Promise<Response> =>
  post('complete', { ...ticket, filename: 'a.txt', mimetype: 'text/plain', size, parts, ...options })

export const finish = async (ticket: Ticket, size: number, parts?: readonly Part[], options: object = {}): Promise<Done> =>
  expectOk(await complete(ticket, size, parts, options))

export const bytesOfHandle = async (handle: string): Promise<Uint8Array> =>
  new Uint8Array(await (await request(`/api/file/${handle}`)).arrayBuffer())
