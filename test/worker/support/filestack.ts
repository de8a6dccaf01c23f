import { env } from 'cloudflare:workers'
import { signPolicy } from '../../support/filestack-policy.ts'
import { request } from './client.ts'

const variables = env as unknown as Readonly<Record<string, string>> // set in vitest.config.ts
const named = (name: string): string => variables[`EMULSION_FILESTACK_${name}`] ?? ''

export interface App {
  readonly key: string
  readonly secret: string
}

/** Its security is off. */
export const OPEN: App = { key: named('KEY'), secret: named('SECRET') }
/** Its security is required. */
export const SECURED: App = { key: named('SECURED_KEY'), secret: named('SECURED_SECRET') }

export const basic = (secret: string, user = 'app'): Record<string, string> => ({ Authorization: `Basic ${btoa(`${user}:${secret}`)}` })

/** Query of a signed policy that holds for an hour. */
export const signed = (claims: object, { secret }: App): string =>
  new URLSearchParams({ ...signPolicy({ expiry: Math.floor(Date.now() / 1000) + 3600, ...claims }, secret) }).toString()

export interface Stored {
  readonly handle: string
  readonly url: string
  readonly key: string
  readonly type: string
  readonly size: number
  readonly filename: string
  readonly container?: string
}

export const send = (app: App, body: BodyInit, query = '', headers: Record<string, string> = {}): Promise<Response> =>
  request(`/api/store/S3?key=${app.key}&${query}`, { method: 'POST', body, headers })

/** Stores as the app's owner. */
export async function store(app: App, body: BodyInit, query = '', headers: Record<string, string> = {}): Promise<Stored> {
  const response = await send(app, body, query, { ...basic(app.secret), ...headers })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}

/** Status, and what the error says: `403 policy …`. */
export async function outcome(response: Response): Promise<string> {
  if (response.ok) return String(response.status)
  const text = await response.text()
  if (text === '') return String(response.status)
  const { result, error } = JSON.parse(text) as { result: string; error: { code: number; msg: string } }
  if (result !== 'error' || error.code !== response.status) throw new Error(`No error of this protocol: ${text}`)
  return `${response.status} ${error.msg}`
}

export const metadata = async (app: App, handle: string, query = ''): Promise<Record<string, unknown>> =>
  (await request(`/api/file/${handle}/metadata?${query}`, { headers: basic(app.secret) })).json()
