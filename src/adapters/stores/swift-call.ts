import type { Wait } from '../../service/ports.ts'
import { createExchange, type StoreCall, storeFailed } from './exchange.ts'
import { encodeKey, encodeText } from '../../service/stores/encode-key.ts'
import { logIn, type SwiftLogin, type SwiftSettings } from './swift-login.ts'

export interface SwiftRequest extends Pick<StoreCall, 'accept' | 'streams'> {
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** Calls a container, or an object of it when the key is not empty. @throws AppError `store_failed`. */
export type SwiftCall = (method: string, container: string, key: string, more?: SwiftRequest) => Promise<Response>

/** Calls with a token that lives as long as Swift takes it: one that is refused is renewed, once a call. */
export function createSwiftCall(settings: SwiftSettings, wait: Wait): SwiftCall {
  const { name } = settings
  const exchange = createExchange(name, (body) => /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? null, wait)
  let login: Promise<SwiftLogin> | undefined
  const current = (): Promise<SwiftLogin> => {
    const mine = (login ??= logIn(settings, exchange))
    mine.catch(() => {
      if (login === mine) login = undefined
    })
    return mine
  }

  return async function call(method, container, key, { query = {}, headers = {}, body, accept = [], streams = false } = {}) {
    const attempt = async ({ token, storage }: SwiftLogin): Promise<Response> => {
      const url = new URL(`${storage}/${encodeText(container)}${key === '' ? '' : `/${encodeKey(key)}`}`)
      for (const [parameter, value] of Object.entries(query)) url.searchParams.set(parameter, value)
      const init = { method, headers: { ...headers, 'X-Auth-Token': token }, ...(body && { body: body as BodyInit }) }
      return exchange({
        action: `${method} ${container}/${key}`,
        accept: [...accept, 401],
        streams,
        request: async () => new Request(url, init),
      })
    }
    const first = await current()
    const response = await attempt(first)
    if (response.status !== 401) return response
    if ((await login) === first) login = undefined
    const again = await attempt(await current())
    if (again.status === 401) throw storeFailed(name, 'answered 401')
    return again
  }
}
