import { AppError } from '../../errors.ts'
import type { Origin, OriginFile } from '../../service/mounts/origin.ts'
import { checkPublicUrl, REFUSED_HEADER } from '../../service/outbound/guard.ts'
import { encodeKey } from '../../service/stores/encode-key.ts'
import { rangeHeader } from '../stores/object-headers.ts'

export interface WebOriginSettings {
  /** Names it in error messages. */
  readonly folder: string
  /** Absolute, with a slash at its end. */
  readonly base: string
  /** Hosts that may be private. */
  readonly allowHosts: readonly string[]
  /** Says in `Via` who asks, so that a request that comes back is known. */
  readonly via: string
}

const MAX_REDIRECTS = 5
/** Until the head of an answer is there. */
const ANSWER_MS = 15_000
/** Between two chunks of its body. */
const STALL_MS = 30_000
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]
/** Answers of servers that know no HEAD. */
const NO_HEAD: readonly number[] = [400, 403, 405, 501]

/**
 * Files of a web server. Every hop of a redirect is checked before it is asked. 404 and 410 are no file; all other answers but 200 and 206 are
 * failures. A file's length must be told.
 */
export function createWebOrigin({ folder, base, allowHosts, via }: WebOriginSettings): Origin {
  const failed = (what: string, cause?: unknown): AppError =>
    new AppError('source_unavailable', { reason: `The web server of ${JSON.stringify(folder)} ${what}.`, cause })

  function check(address: string): URL {
    try {
      return checkPublicUrl(address, allowHosts, [], 8192)
    } catch (cause) {
      throw failed('leads to an address that may not be reached', cause)
    }
  }

  async function send(method: 'GET' | 'HEAD', url: URL, headers: Readonly<Record<string, string>>): Promise<Response> {
    const ended = new AbortController()
    const timer = setTimeout(() => ended.abort(), ANSWER_MS)
    const all = { 'User-Agent': 'Emulsion', Accept: '*/*', 'Accept-Encoding': 'identity', Via: `1.1 ${via}`, ...headers }
    try {
      const response = await fetch(url, { method, headers: all, redirect: 'manual', signal: ended.signal })
      if (response.headers.has(REFUSED_HEADER)) throw failed('leads to an address that may not be reached')
      return response
    } catch (cause) {
      throw cause instanceof AppError ? cause : failed('did not answer', cause)
    } finally {
      clearTimeout(timer)
    }
  }

  async function call(method: 'GET' | 'HEAD', name: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    let url = check(base + encodeKey(name))
    for (let redirects = 0; ; redirects++) {
      const response = await send(method, url, headers)
      if (!REDIRECTS.includes(response.status)) return response
      await response.body?.cancel().catch(() => undefined)
      const location = response.headers.get('Location')
      if (location === null || !URL.canParse(location, url)) throw failed('redirects to nowhere')
      if (redirects === MAX_REDIRECTS) throw failed(`redirects more than ${MAX_REDIRECTS} times`)
      url = check(new URL(location, url).href)
    }
  }

  /** `null`: no file. @throws AppError `source_unavailable` for what is neither a file nor none. */
  async function accepted(response: Response): Promise<Response | null> {
    if (response.status === 200 || response.status === 206) return response
    await response.body?.cancel().catch(() => undefined)
    if (response.status === 404 || response.status === 410) return null
    throw failed(`answered ${response.status}`)
  }

  function fileOf({ headers }: Response): OriginFile {
    const encoding = headers.get('Content-Encoding') ?? 'identity'
    if (encoding !== 'identity')
      throw failed(`sends files in the encoding ${JSON.stringify(encoding.slice(0, 40))}, which was not asked for`)
    const total = /^bytes [^/]*\/(\d{1,15})$/.exec(headers.get('Content-Range') ?? '')?.[1] ?? headers.get('Content-Length')
    if (total === null || !/^\d{1,15}$/.test(total)) throw failed('does not tell the length of the file')
    const modified = headers.get('Last-Modified')
    const time = Date.parse(modified ?? '')
    return {
      size: Number(total),
      mime: headers.get('Content-Type'),
      validator: headers.get('ETag') ?? modified,
      lastModified: new Date(Number.isNaN(time) ? 0 : time),
    }
  }

  /** By HEAD, or else by a GET of one byte. */
  async function headers(name: string): Promise<Response | null> {
    const response = await call('HEAD', name, {})
    if (!NO_HEAD.includes(response.status) && !(response.ok && response.headers.get('Content-Length') === null)) return accepted(response)
    const byte = await accepted(await call('GET', name, rangeHeader({ start: 0, end: 1 })))
    await byte?.body?.cancel().catch(() => undefined)
    return byte
  }

  return {
    async head(name) {
      const response = await headers(name)
      return response && fileOf(response)
    },
    async open(name, range) {
      const response = await accepted(await call('GET', name, rangeHeader(range)))
      if (!response) return null
      const file = fileOf(response)
      const skipped = range && response.status === 200 ? range.start : 0
      const size = range ? Math.min(range.end, file.size) - range.start : file.size
      return { file, body: exactly(response.body, skipped, size, (what, cause) => failed(what, cause)) }
    },
  }
}

type Failed = (what: string, cause?: unknown) => AppError

/** `size` bytes of a body behind the first `skipped`. It fails when the server breaks off or falls silent; what comes behind is not read. */
function exactly(body: Response['body'], skipped: number, size: number, failed: Failed): ReadableStream<Uint8Array> {
  const reader = body?.getReader()
  let [toSkip, left] = [skipped, size]
  const end = async (): Promise<void> => reader?.cancel().catch(() => undefined)
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        while (left > 0) {
          const { value, done } = reader ? await inTime(reader.read()) : { done: true as const, value: undefined }
          if (done) throw new Error(`${left} bytes are missing.`)
          const shown = value.subarray(Math.min(toSkip, value.length)).subarray(0, left)
          toSkip -= Math.min(toSkip, value.length)
          left -= shown.length
          if (shown.length === 0) continue
          controller.enqueue(shown)
          if (left > 0) return
        }
        controller.close()
        // Who waits for bytes into a buffer of its own gets it back empty.
        controller.byobRequest?.respond(0)
        await end()
      } catch (cause) {
        controller.error(failed('broke off', cause))
        await end()
      }
    },
    cancel: end,
  })
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('It fell silent.')), STALL_MS)
  })
  return Promise.race([work, silence]).finally(() => clearTimeout(timer))
}
