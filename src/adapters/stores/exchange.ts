import { AppError } from '../../errors.ts'
import type { Wait } from '../../service/ports.ts'
import { REFUSED_HEADER } from '../../service/outbound/guard.ts'

/** Until the head of an answer is there, the time for sending a part included. */
const ANSWER_MS = 60_000
/** Between two chunks of an answer's body. */
const STALL_MS = 30_000
const ATTEMPTS = 3
/** Of an error's text that are looked at. */
const MAX_ERROR_CHARACTERS = 65_536

export interface StoreCall {
  /** What it is for a log. */
  readonly action: string
  /** Makes the request anew for each attempt: signatures carry the time. */
  request(): Promise<Request>
  /** These are answers as well, not failures. */
  readonly accept?: readonly number[]
  /** Leaves the body to the caller (`storeBody`); otherwise it has come whole when the call is answered. */
  readonly streams?: boolean
  /** Whether the call may be made again; `false` for calls that mean something else the second time. */
  readonly repeat?: boolean
}

/** Makes a call and answers its response: one of 2xx, or of `accept`. @throws AppError `store_failed`. */
export type Exchange = (call: StoreCall) => Promise<Response>

/** The store's own code in an error's body; `null` when there is none. */
export type ReadErrorCode = (body: string, headers: Headers) => string | null

/** A failure of a store, in a sentence without its addresses and credentials. */
export const storeFailed = (store: string, what: string, detail?: string, cause?: unknown): AppError =>
  new AppError('store_failed', { reason: `The store "${store}" ${what}.`, detail: detail ?? `Store ${store}: ${what}`, cause })

/** Calls one store: bounded in time, repeated when the store or the way to it stumbles, without following redirects. */
export function createExchange(store: string, readCode: ReadErrorCode, wait: Wait): Exchange {
  async function attempt({ action, request, accept = [], streams = false }: StoreCall): Promise<Response> {
    const ended = new AbortController()
    const timer = setTimeout(() => ended.abort(), ANSWER_MS)
    try {
      const made = await request()
      const response = await send(made, ended.signal, streams).catch((cause: unknown) => {
        throw new Stumbled(storeFailed(store, 'did not answer', `Store ${store}, ${action}: ${String(cause)}`, cause))
      })
      if (response.headers.has(REFUSED_HEADER)) throw storeFailed(store, 'has an address that may not be reached (EMULSION_ALLOW_HOSTS)')
      if (response.ok || accept.includes(response.status)) return response
      const text = (await response.text().catch(() => '')).slice(0, MAX_ERROR_CHARACTERS)
      const code = readCode(text, response.headers)
        ?.replaceAll(/[^\w./-]/g, '')
        .slice(0, 80)
      const error = storeFailed(
        store,
        `answered ${response.status}${code ? ` ${code}` : ''}`,
        `Store ${store}, ${action}: ${response.status} ${text.slice(0, 500)}`,
      )
      throw response.status >= 500 || response.status === 429 || response.status === 408 ? new Stumbled(error) : error
    } finally {
      clearTimeout(timer)
    }
  }

  return async function exchange(call) {
    for (let made = 1; ; made++) {
      try {
        return await attempt(call)
      } catch (thrown) {
        if (!(thrown instanceof Stumbled)) throw thrown
        if (made === ATTEMPTS || call.repeat === false) throw thrown.error
        await wait(100 * 4 ** made)
      }
    }
  }
}

/** A failure after which the same call may succeed. */
class Stumbled extends Error {
  readonly error: AppError
  constructor(error: AppError) {
    super(error.message)
    this.error = error
  }
}

/** The answer, with its whole body unless it streams. An error's body is always whole. */
async function send(request: Request, signal: AbortSignal, streams: boolean): Promise<Response> {
  const response = await fetch(request, { signal, redirect: 'manual' })
  if ((streams && response.ok) || response.body === null) return response
  const { status, headers } = response
  return new Response(await response.arrayBuffer(), { status, headers })
}

/**
 * The body of an answer, as long as it comes on. @param size the bytes that must come.
 * The stream throws AppError `store_failed` when the store breaks off, falls silent, or sends another number of bytes.
 */
export function storeBody(store: string, response: Response, size: number): ReadableStream<Uint8Array> {
  const reader = (response.body ?? new Response('').body)?.getReader()
  let left = size
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const stalled = new AbortController()
      const timer = setTimeout(() => stalled.abort(), STALL_MS)
      const silence = new Promise<never>((_, fail) => stalled.signal.addEventListener('abort', () => fail(new Error('It fell silent.'))))
      try {
        const next = reader ? await Promise.race([reader.read(), silence]) : { done: true as const, value: undefined }
        left -= next.value?.length ?? 0
        if (left < 0 || (next.done && left > 0)) throw new Error(`${size} bytes were expected, ${left} are left.`)
        if (next.value && next.value.length > 0) controller.enqueue(next.value)
        if (!next.done) return
        controller.close()
        // Who waits for bytes into a buffer of its own gets it back empty.
        controller.byobRequest?.respond(0)
      } catch (cause) {
        controller.error(storeFailed(store, 'broke off', `Store ${store}: ${String(cause)}`, cause))
        await reader?.cancel().catch(() => undefined)
      } finally {
        clearTimeout(timer)
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  })
}

/** The JSON of an answer. What it holds is for the caller to check. @throws AppError `store_failed` for any other text. */
export async function readJson(store: string, response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw storeFailed(store, 'answered something that is no JSON', undefined, cause)
  }
}

/** Reads an answer by `read`. @throws AppError `store_failed` when it has another form than the store's documentation says. */
export function readAnswer<T>(store: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw storeFailed(store, 'answered something of another form than expected', undefined, cause)
  }
}
