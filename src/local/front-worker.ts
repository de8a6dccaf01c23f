import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { HttpOptions_Style, type MiniflareOptions } from 'miniflare'

const NAME = 'front'

/**
 * What every Worker in front needs: its program, and the way to the proxy that all requests leave through.
 * @param proxy address of the proxy: `unix:/path` or `host:port`.
 */
export const frontWorker = (proxy: string) => ({
  name: NAME,
  modules: true as const,
  script: stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'front.ts'), 'utf8')),
  compatibilityDate: '2026-10-01',
  serviceBindings: { PROXY: { external: { address: proxy, http: { style: HttpOptions_Style.PROXY } } } },
})

/** The same options, of which one must be the Worker in front, with every `fetch` of the Workers led through it. */
export function throughFront(options: MiniflareOptions): MiniflareOptions {
  const outboundService = { type: 'worker' as const, worker: NAME, exportName: 'Outbound' }
  return { ...options, workers: options.workers.map((worker) => ({ ...worker, dev: { ...worker.dev, outboundService } })) }
}
