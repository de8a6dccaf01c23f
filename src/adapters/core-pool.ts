import { createCore } from '../image/engine/core.ts'
import type { Engine } from '../image/engine/engine.ts'
import type { LoadFont } from '../image/text/families.ts'
import type { WasmModules } from '../image/wasm.ts'
import type { OpenContext } from '../service/render/compute.ts'

/** WASM memory never shrinks: an instance that grew beyond this is dropped after its job. */
const KEEP_BELOW_BYTES = 8 * 1024 * 1024
const MAX_IDLE = 2

/** Instances of the pixel engine, lent to one job at a time: the steps of a job run one after the other on the same instance. */
export function createCorePool(wasm: WasmModules, font: LoadFont): { readonly openContext: OpenContext } {
  const idle: Engine[] = []
  return {
    openContext(isFresh = false) {
      let lent: Promise<Engine> | undefined
      const take = async (): Promise<Engine> => (isFresh ? undefined : idle.pop()) ?? createCore(await wasm.core())
      return {
        context: { wasm, font, warnings: new Set(), core: () => (lent ??= take()), pause: () => Promise.resolve() },
        /** An instance of a job that failed is dropped, for nobody knows what it left behind. */
        async release(isHealthy) {
          const core = await lent?.catch(() => undefined)
          lent = undefined
          if (!core || !isHealthy || core.size() > KEEP_BELOW_BYTES || idle.length >= MAX_IDLE) return
          core.release(0)
          idle.push(core)
        },
      }
    },
  }
}
