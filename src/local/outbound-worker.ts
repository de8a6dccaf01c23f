import { convertV4MiniflareOptions, HttpOptions_Style, type MiniflareOptions } from 'miniflare'

const WORKER = 'outbound'

/**
 * The same options with every `fetch` of the Workers led through a proxy: another Worker receives what they fetch, and hands it on with its
 * whole URL.
 * @param address of the proxy: `unix:/path` or `host:port`.
 */
export function throughProxy(options: MiniflareOptions, address: string): MiniflareOptions {
  const { workers: proxies } = convertV4MiniflareOptions({
    name: WORKER,
    modules: true,
    script: 'export default { fetch: (request, env) => env.PROXY.fetch(request) }',
    compatibilityDate: '2026-10-01',
    serviceBindings: { PROXY: { external: { address, http: { style: HttpOptions_Style.PROXY } } } },
  })
  const workers = options.workers.map((worker) => ({
    ...worker,
    dev: { ...worker.dev, outboundService: { type: 'worker' as const, worker: WORKER } },
  }))
  return { ...options, workers: [...workers, ...proxies] }
}
