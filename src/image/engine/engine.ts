import type { Core } from './core.ts'
import type { ResampleExports } from './resample.ts'

/** The core with everything that it exports: each driver names the part that it calls. */
export type Engine = Core<ResampleExports>
