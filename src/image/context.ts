import type { Engine } from './engine/engine.ts'
import type { Raster } from './raster.ts'
import type { LoadFont } from './text/families.ts'
import type { WasmModules } from './wasm.ts'

/** What one run of a plan may use besides its own pixels. Made per job; nothing in it outlives the job. */
export interface ImageContext {
  readonly wasm: WasmModules
  /** What was wrong with the files of this job although a picture came out; decoders add to it, each sentence once. */
  readonly warnings: Set<string>
  /** Loads a bundled font. */
  readonly font: LoadFont
  /** An instance of the pixel engine that no other job uses at the same time. */
  core(): Promise<Engine>
  /** Lets other work compute. Long loops over rows await it about every `PIXELS_BETWEEN_PAUSES` pixels, some ten milliseconds of work. */
  pause(): Promise<void>
}

export const PIXELS_BETWEEN_PAUSES = 750_000

/** What a step draws beside its image. */
export interface StepInputs {
  /** The images that `inputs` named, in that order, decoded and upright. */
  readonly inputs: readonly Raster[]
  /** The bytes of the files that `files` named, in that order. */
  readonly files: readonly Uint8Array[]
}

export const NO_INPUTS: StepInputs = { inputs: [], files: [] }

/** What one step may use. */
export interface StepContext extends ImageContext, StepInputs {}
