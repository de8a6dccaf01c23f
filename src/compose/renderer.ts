import { createCorePool } from '../adapters/core-pool.ts'
import { loadFont } from '../adapters/font-modules.ts'
import { HEALTH_PATH, TASK_PATH } from '../adapters/renderer-binding.ts'
import { rendererModules } from '../adapters/modules/renderer-modules.ts'
import type { Config } from '../config/load.ts'
import { createMemoryBudget } from '../service/render/memory-budget.ts'
import { createServeTask } from '../service/render/renderers/serve.ts'
import { createTurns } from '../service/render/turns.ts'
import { clock, hashBytes, wait } from './platform.ts'

/** The Worker that only makes pixels: no storage, no network, no secret, and nothing that outlives a request but instances of the engine. */
export function createRenderer({ limits, memory }: Pick<Config, 'limits' | 'memory'>) {
  const serve = createServeTask({
    clock,
    limits: { ...limits, memoryBytes: memory.totalBytes },
    budget: createMemoryBudget({ ...memory, clock, wait }),
    turns: createTurns(clock, wait),
    hashBytes,
    openContext: createCorePool(rendererModules, loadFont).openContext,
    maxSharedBytes: memory.totalBytes / 2,
  })

  return async function answer(request: Request, context: Pick<ExecutionContext, 'waitUntil'>): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === HEALTH_PATH) return new Response('ok')
    if (pathname !== TASK_PATH || !request.body) return new Response(null, { status: 404 })
    const { readable, writable } = new IdentityTransformStream()
    const writer = writable.getWriter()
    const gone = new AbortController()
    request.signal.addEventListener('abort', () => gone.abort(new Error('The caller has gone.')))
    void writer.closed.catch((reason: unknown) => gone.abort(reason))
    const work = serve(request.body, (bytes) => writer.write(bytes), gone.signal)
    // Also for a caller that has gone: what was taken is given back.
    context.waitUntil(
      work
        .then(
          () => writer.close(),
          (reason: unknown) => writer.abort(reason),
        )
        .catch(() => undefined),
    )
    return new Response(readable)
  }
}
