import type { Engine } from './engine/engine.ts'
import type { Drain } from './engine/rows/pixel-rows.ts'
import type { Pace } from './engine/pace.ts'
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
  /** Lets other work compute. Long work awaits it every few milliseconds. */
  pause(): Promise<void>
}

/** What a step draws beside its image. */
export interface StepInputs {
  /** The images that `inputs` named, in that order, decoded and upright. */
  readonly inputs: readonly Raster[]
  /** The bytes of the files that `files` named, in that order. */
  readonly files: readonly Uint8Array[]
}

export const NO_INPUTS: StepInputs = { inputs: [], files: [] }

/** What codecs and steps of one job may use. */
export interface RowsContext extends Pick<ImageContext, 'wasm' | 'font' | 'warnings'> {
  /** The pixel engine, for this job alone. Who opens rows allocates in it; who reads them gives that back. */
  readonly core: Engine
  readonly pace: Pace
  readonly drain: Drain
}

/** What one step may use. */
export interface StepContext extends RowsContext, StepInputs {}
