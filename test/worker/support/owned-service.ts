import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createService, type ServiceOptions } from '../../../src/compose/index.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { ConfigDefinition } from '../../../src/config/schema.ts'
import type { Env } from '../../../src/env.ts'
import { ORIGIN } from './client.ts'

export type Send = (path: string, init?: RequestInit) => Promise<Response>

/** A service of a test's own settings over the storage of this file. Each has its own memory, as another isolate would. */
export function ownedService(
  definition: ConfigDefinition,
  variables: Readonly<Record<string, string>> = {},
  options: ServiceOptions = {},
): Send {
  const bindings = env as unknown as Env // what wrangler.toml binds
  const { app } = createService(loadConfig(definition, { ...(env as unknown as Record<string, unknown>), ...variables }), bindings, {
    sendCountsEveryMs: 0,
    ...options,
  })
  return async (path, init) => {
    const context = createExecutionContext()
    const response = await app.fetch(new Request(ORIGIN + path, init), bindings, context)
    const body = await response.arrayBuffer()
    await waitOnExecutionContext(context)
    return new Response([101, 204, 205, 304].includes(response.status) ? null : body, response)
  }
}
