/// <reference types="@cloudflare/vitest-plugin/types" />
import { env } from 'cloudflare:workers'
import { runDurableObjectAlarm } from 'cloudflare:test'
import { vi } from 'vitest'
import { request } from './client.ts'

const bindings = env as unknown as { readonly EMULSION_BATCH_SECRET: string; readonly PROCESSES: DurableObjectNamespace } // wrangler.toml and vitest.config.ts
const AUTHORIZATION = { Authorization: `Bearer ${bindings.EMULSION_BATCH_SECRET}` }

export interface Details {
  readonly status: string
  readonly attempt: number
  readonly kind: string
  readonly error: { readonly code: string; readonly message: string } | null
  readonly jobs: readonly {
    readonly status: string
    readonly attempts: number
    readonly destination: string
    readonly error: { readonly code: string } | null
    readonly result: Readonly<Record<string, unknown>> | null
    readonly log: readonly unknown[]
  }[]
  readonly callback: {
    readonly status: string
    readonly attempts: number
    readonly log: readonly { readonly http_status: number | null }[]
  } | null
}

export const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  request(path, { headers: { ...AUTHORIZATION, ...headers } })
export const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  request(path, { method: 'POST', headers: { ...AUTHORIZATION, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
export const remove = (path: string): Promise<Response> => request(path, { method: 'DELETE', headers: AUTHORIZATION })

/** A request of one job that flips `/photo.jpg`. */
export const body = (more: object = {}, destination = '/out/a.png') => ({
  service_id: 1,
  source: '/photo.jpg',
  jobs: [{ destination, transformations: [{ type: 'flip', direction: 'x' }] }],
  ...more,
})

export async function create(more: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const response = await post('/request', body(more), headers)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as { process_id: string }).process_id
}

export const details = async (id: string): Promise<Details> => (await get(`/request/${id}?details=1`)).json()

/** Waits until the queue and the alarms have done their work. */
export const ended = (id: string): Promise<Details> =>
  vi.waitUntil(
    async () => {
      const found = await details(id)
      return found.status === 'FINISHED' || found.status === 'FAILED' ? found : null
    },
    { timeout: 20_000, interval: 20 },
  )

export const ring = (id: string): Promise<boolean> => runDurableObjectAlarm(bindings.PROCESSES.get(bindings.PROCESSES.idFromName(id)))
