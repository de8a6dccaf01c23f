import type { Wait } from '../../service/ports.ts'
import { createExchange, readJson, type StoreCall, storeFailed } from './exchange.ts'

/** Before a token ends. */
const EARLY_SECONDS = 300

export interface DropboxSettings {
  readonly name: string
  readonly appKey: string
  readonly appSecret: string
  /** Of the account whose files these are; it does not end by itself. */
  readonly refreshToken: string
  /** Folder that holds everything: '' or `/…` without a slash at its end. */
  readonly root: string
  readonly apiUrl: string
  readonly contentUrl: string
}

export interface DropboxRequest extends Pick<StoreCall, 'accept' | 'streams' | 'repeat'> {
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes; such calls have their arguments in a header. */
  readonly body?: Uint8Array
}

export interface DropboxCalls {
  /** A call whose arguments are its JSON body. */
  readonly api: (path: string, argument: object, more?: DropboxRequest) => Promise<Response>
  /** A call that sends or gets bytes. */
  readonly content: (path: string, argument: object, more?: DropboxRequest) => Promise<Response>
}

/** JSON for a header: ASCII alone, other characters escaped. */
const headerJson = (value: object): string =>
  JSON.stringify(value).replaceAll(/[^\u0020-\u007e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A short name of an error: `error_summary` of the API, `error` of the token's address. */
function codeOf(body: string): string | null {
  const summary = /"error_summary"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? /"error"\s*:\s*"([^"]*)"/.exec(body)?.[1]
  return summary?.replace(/[/.]+$/, '') ?? null
}

/** Calls Dropbox's HTTP API with a token that is renewed when it is refused, once a call. @throws AppError `store_failed`. */
export function createDropboxCalls(settings: DropboxSettings, wait: Wait): DropboxCalls {
  const { name, apiUrl, contentUrl } = settings
  const exchange = createExchange(name, codeOf, wait)
  let token: Promise<string> | undefined
  let renewAt = Infinity
  const current = (): Promise<string> => {
    // In time: a server may refuse a large body before it has come, and then nobody hears the answer.
    if (Date.now() >= renewAt) [token, renewAt] = [undefined, Infinity]
    const mine = (token ??= exchange({ action: 'renew the token', request: async () => tokenRequest(settings) }).then(async (response) => {
      const answer = (await readJson(name, response)) as { readonly access_token?: unknown; readonly expires_in?: unknown } | null // checked on the next line
      if (typeof answer?.access_token !== 'string') throw storeFailed(name, 'gave no token')
      renewAt = Date.now() + (Number(answer.expires_in ?? Infinity) - EARLY_SECONDS) * 1000
      return answer.access_token
    }))
    mine.catch(() => {
      if (token === mine) token = undefined
    })
    return mine
  }

  async function call(url: string, init: RequestInit & { headers: Record<string, string> }, more: DropboxRequest): Promise<Response> {
    const attempt = (bearer: string): Promise<Response> => {
      const headers = { ...init.headers, ...more.headers, Authorization: `Bearer ${bearer}` }
      const accept = [...(more.accept ?? []), 401]
      return exchange({
        ...more,
        accept,
        action: new URL(url).pathname,
        request: async () => new Request(url, { ...init, method: 'POST', headers }),
      })
    }
    const first = await current()
    const response = await attempt(first)
    if (response.status !== 401) return response
    if ((await token) === first) token = undefined
    const again = await attempt(await current())
    if (again.status === 401) throw storeFailed(name, 'answered 401')
    return again
  }

  return {
    api: (path, argument, more = {}) =>
      call(`${apiUrl}/2/files/${path}`, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(argument) }, more),
    content(path, argument, more = {}) {
      const headers = { 'Dropbox-API-Arg': headerJson(argument), 'Content-Type': 'application/octet-stream' }
      return call(`${contentUrl}/2/files/${path}`, { headers, ...(more.body && { body: more.body as BodyInit }) }, more)
    },
  }
}

function tokenRequest({ apiUrl, appKey, appSecret, refreshToken }: DropboxSettings): Request {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: appKey, client_secret: appSecret }
  return new Request(`${apiUrl}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
}
