import type { ImageContext } from '../image/context.ts'
import { createCore } from '../image/engine/core.ts'
import type { Engine } from '../image/engine/engine.ts'
import type { LoadFont } from '../image/text/families.ts'
import type { WasmModules } from '../image/wasm.ts'

/** WASM memory never shrinks: an instance that grew beyond this is dropped after its job. */
const KEEP_BELOW_BYTES = 8 * 1024 * 1024
const MAX_IDLE = 2

/** Instances of the pixel engine, lent to one job at a time. */
export function createCorePool(wasm: WasmModules, font: LoadFont) {
  const idle: Engine[] = []
  return {
    openContext(): { readonly context: ImageContext; readonly release: () => void } {
      const used: Engine[] = []
      const context: ImageContext = {
        wasm,
        font,
        async core() {
          const core = idle.pop() ?? createCore(await wasm.core())
          used.push(core)
          return core
        },
      }
      return {
        context,
        release() {
          for (const core of used.splice(0)) {
            core.release(0)
            if (core.size() <= KEEP_BELOW_BYTES && idle.length < MAX_IDLE) idle.push(core)
          }
        },
      }
    },
  }
}
