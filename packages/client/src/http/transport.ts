import { EmulsionError, errorOf } from './errors.ts'

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

export interface TransportOptions {
  /** Of the service, without a path: `https://images.example.com`. */
  readonly url: string
  readonly fetch?: Fetch | undefined
  /** How often a request is sent again when the answer is 429, 502, 503 or 504, or does not come; 3 when absent. Only requests that may arrive twice. */
  readonly retries?: number | undefined
  /** Waits; for tests. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined
}

export interface Call extends Omit<RequestInit, 'headers' | 'signal'> {
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Whether the request does no harm when it arrives twice. */
  readonly mayRepeat?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Transport {
  readonly origin: string
  /** @param target a path of the service, or a whole URL. @throws EmulsionError of any answer that is not 2xx, and without an answer; the signal's reason. */
  send(target: string, call?: Call): Promise<Response>
  json<T>(target: string, call?: Call): Promise<T>
  wait(milliseconds: number): Promise<void>
}

const PASSING = [429, 502, 503, 504]
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

/** @throws TypeError when `url` is none. */
export function createTransport({ url, fetch = globalThis.fetch, retries = 3, wait = sleep }: TransportOptions): Transport {
  const { origin } = new URL(url)

  async function once(target: string, { key, headers, json, mayRepeat: _, signal, ...init }: Call): Promise<Response> {
    const response = await fetch(target.startsWith('/') ? origin + target : target, {
      ...init,
      ...(signal && { signal }),
      ...(json !== undefined && { body: JSON.stringify(json) }),
      headers: {
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        ...headers,
      },
    }).catch((cause: unknown) => {
      signal?.throwIfAborted()
      throw new EmulsionError(`${origin} did not answer.`, { status: 0, code: 'network', cause })
    })
    if (response.ok) return response
    const error = await errorOf(response)
    waits.set(error, Number(response.headers.get('Retry-After') ?? Number.NaN) * 1000)
    throw error
  }

  async function send(target: string, call: Call = {}): Promise<Response> {
    const mayRepeat = call.mayRepeat ?? ['GET', 'HEAD'].includes(call.method ?? 'GET')
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(target, call)
      } catch (thrown) {
        const passes = thrown instanceof EmulsionError && (thrown.status === 0 || PASSING.includes(thrown.status))
        if (!passes || !mayRepeat || attempt >= retries) throw thrown
        const asked = waits.get(thrown) ?? Number.NaN
        await wait(Math.min(LONGEST_WAIT_MS, Number.isNaN(asked) ? FIRST_WAIT_MS * 2 ** attempt : asked))
        call.signal?.throwIfAborted()
      }
    }
  }

  return {
    origin,
    send,
    wait,
    json: async <T>(target: string, call?: Call) => (await (await send(target, call)).json()) as T, // the service's word
  }
}

/** How long an error asks to wait, in milliseconds. */
const waits = new WeakMap<EmulsionError, number>()

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
