import type { Engine } from './engine/engine.ts'
import type { Raster } from './raster.ts'
import type { WasmModules } from './wasm.ts'

/** What the running of one plan may use besides its own pixels. Made per job; nothing in it outlives the job. */
export interface ImageContext {
  readonly wasm: WasmModules
  /** An instance of the pixel engine that no other job uses at the same time. */
  core(): Promise<Engine>
}

/** What one step may use: the job's context and the extra images that `inputs` named, in that order, decoded and upright. */
export interface StepContext extends ImageContext {
  readonly inputs: readonly Raster[]
}
