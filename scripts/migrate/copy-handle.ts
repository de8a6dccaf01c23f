import { createHash, createHmac } from 'node:crypto'
import { Refused } from './copy-all.ts'

/** One side of the move. */
export interface App {
  /** Without a slash at its end. */
  readonly fileApi: string
  readonly key: string
  /** Signs policies; `null` where security is off. */
  readonly secret: string | null
}

export interface Target extends App {
  readonly secret: string
  readonly keepsKeys: boolean
  /** Parameters of every store. */
  readonly options: Readonly<Record<string, string>>
}

/** What a side says of a file. Services leave out what they do not know. */
interface Metadata {
  readonly size?: number | null
  readonly mimetype?: string | null
  readonly filename?: string | null
  readonly path?: string | null
  readonly md5?: string | null
}

const HOUR_S = 3600

/** A policy for one handle, for an hour (docs/protocols/filestack.md §4). */
function credentials({ secret }: App, handle: string): Readonly<Record<string, string>> {
  if (secret === null) return {}
  const claims = { expiry: Math.floor(Date.now() / 1000) + HOUR_S, call: ['read', 'stat', 'store', 'remove'], handle }
  const policy = Buffer.from(JSON.stringify(claims)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  return { policy, signature: createHmac('sha256', secret).update(policy).digest('hex') }
}

function urlOf(app: App, handle: string, call: string, query: Readonly<Record<string, string>>): string {
  return `${app.fileApi}/${handle}${call}?${new URLSearchParams({ key: app.key, ...query, ...credentials(app, handle) }).toString()}`
}

/** A failure that may pass is an Error, one that stays is `Refused`. */
async function failureOf(what: string, response: Response): Promise<Error> {
  const text = `${what} answered ${response.status}: ${(await response.text()).slice(0, 300)}`
  return response.status >= 500 || response.status === 429 || response.status === 408 ? new Error(text) : new Refused(text)
}

/** `null` for a handle that is not there. */
async function readMetadata(app: App, handle: string, what: string): Promise<Metadata | null> {
  const fields = ['size', 'mimetype', 'filename', 'path', 'md5'].map((name) => [name, 'true'])
  const response = await fetch(urlOf(app, handle, '/metadata', Object.fromEntries(fields) as Record<string, string>))
  if (response.status === 404) {
    await response.body?.cancel()
    return null
  }
  if (!response.ok) throw await failureOf(what, response)
  return (await response.json()) as Metadata
}

async function download(from: App, handle: string): Promise<Response> {
  const response = await fetch(urlOf(from, handle, '', {}))
  if (!response.ok) throw await failureOf('the source', response)
  return response
}

/** The bytes, and their MD5 and number when they have passed. */
function measured(body: ReadableStream<Uint8Array> | null) {
  const hash = createHash('md5')
  let size = 0
  const stream = (body ?? new Blob([]).stream()).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        hash.update(chunk)
        size += chunk.length
        controller.enqueue(chunk)
      },
    }),
  )
  return { stream, result: () => ({ md5: hash.digest('hex'), size }) }
}

/**
 * Copies one file. Its handle stays, and so do its name and type. What arrives is compared with what was sent, by size and MD5, and that with what the
 * source says of it. A file that is there already is left alone when it is the same one. Answers the bytes that were copied.
 * @throws Error when it may succeed later, `Refused` when not.
 */
export async function copyHandle(handle: string, from: App, target: Target): Promise<number> {
  if (!/^[A-Za-z0-9]{20}$/.test(handle)) throw new Refused('This is no handle: 20 characters of A-Za-z0-9')
  const source = await readMetadata(from, handle, 'the source')
  if (source === null) throw new Refused('the source has no such file')
  const there = await readMetadata(target, handle, 'the target')
  if (there !== null) {
    await demandSame(source.md5 ?? (await md5OfSource(from, handle)), there)
    return 0
  }
  const response = await download(from, handle)
  const { stream, result } = measured(response.body)
  const size = source.size ?? Number(response.headers.get('Content-Length') ?? Number.NaN)
  const options = {
    ...target.options,
    ...(source.filename && { filename: source.filename }),
    mimetype: source.mimetype ?? response.headers.get('Content-Type') ?? 'application/octet-stream',
    ...(target.keepsKeys && source.path && { path: source.path }),
  }
  const stored = await fetch(urlOf(target, handle, '', options), {
    method: 'PUT',
    // The type of the bytes as they travel: what is JSON or a form would be read as an order.
    headers: { 'Content-Type': 'application/octet-stream', ...(Number.isInteger(size) && { 'Content-Length': String(size) }) },
    body: size === 0 ? new Uint8Array() : stream,
    duplex: 'half',
  } as RequestInit & { duplex: 'half' })
  if (!stored.ok) throw await failureOf('the target', stored)
  await stored.body?.cancel()
  const sent = result()
  await verify(handle, source, sent, target)
  return sent.size
}

async function md5OfSource(from: App, handle: string): Promise<string> {
  const { stream, result } = measured((await download(from, handle)).body)
  for await (const _ of stream) void _
  return result().md5
}

async function demandSame(md5: string, there: Metadata): Promise<void> {
  if (there.md5 !== md5) throw new Refused(`the target has another file of ${there.size ?? '?'} bytes under this handle`)
}

/** A copy that is not the same is removed, so that the next attempt can make it anew. */
async function verify(
  handle: string,
  source: Metadata,
  sent: { readonly md5: string; readonly size: number },
  target: Target,
): Promise<void> {
  const there = await readMetadata(target, handle, 'the target')
  const isSame =
    there?.md5 === sent.md5 && there.size === sent.size && (source.md5 ?? sent.md5) === sent.md5 && (source.size ?? sent.size) === sent.size
  if (isSame) return
  await fetch(urlOf(target, handle, '', {}), { method: 'DELETE' })
  throw new Error(
    `sent ${sent.size} bytes with the MD5 ${sent.md5}, and the target has ${there?.size ?? 'no'} with ${there?.md5 ?? 'none'}`,
  )
}
