import type { ImageContext } from '../../src/image/context.ts'
import { execute } from '../../src/image/execute.ts'
import { step } from '../../src/image/plan.ts'
import { MAX_RESULT_BYTES } from '../../src/image/engine/parts.ts'
import { type Execution, planExecution } from '../../src/image/planner.ts'
import { limitsSchema, memorySchema } from '../../src/config/limits.ts'
import { createMemoryBudget } from '../../src/service/render/memory-budget.ts'
import { planInputImages, type StepFiles } from '../../src/service/render/step-inputs.ts'
import { issueTicket } from '../../src/service/render/ticket.ts'
import { startRenderer } from '../../src/image/text/resvg.ts'
import { openImageContext, wasmFromDisk } from '../../test/support/image-context.ts'
import { watchMemories } from '../peak-memory.ts'
import { watchLiveMemory } from './live-memory.ts'
import type { TableCase } from './cases.ts'
import { LAYER, type Shape, shapeBefore, stepOf } from './wishes.ts'

export const QUALITY = 80
const MEMORY = memorySchema.parse({})
const LIMITS = { ...limitsSchema.parse({}), memoryBytes: MEMORY.totalBytes }
const clock = { now: () => performance.now() }
const never = (): Promise<void> => new Promise(() => undefined)
const readLayer = (): Promise<Uint8Array> => Promise.resolve(LAYER)

/** Bytes of a run: with the files and the result, and without them. */
export interface Bytes {
  readonly all: number
  readonly working: number
}

export interface Planned {
  readonly execution: Execution
  readonly drawn: StepFiles
  readonly bytes: Bytes
}

/** Plans as the service does with its default settings. @throws AppError of whatever limit does not hold, the memory budget's included. */
export async function planCase(one: TableCase, file: Uint8Array, shape: Shape): Promise<Planned> {
  const steps = [...(one.width === null ? [] : [step('resize', { width: one.width })]), stepOf(one.op, one.wish, shapeBefore(one, shape))]
  const execution = planExecution({ steps, output: { format: one.output, quality: QUALITY } }, file, LIMITS)
  const drawn = await planInputImages(execution, readLayer, LIMITS)
  const files = file.length + (one.op === 'composite' ? LAYER.length : 0)
  const all = execution.peakBytes - file.length + drawn.rasterBytes + files
  const budget = createMemoryBudget({ ...MEMORY, clock, wait: never })
  const lease = await budget.acquire({ bytes: all }, issueTicket('request', clock))
  lease.release()
  return { execution, drawn, bytes: { all, working: all - files - resultBound(execution) } }
}

/** What the plan counts for the result: what the encoder cannot exceed, or the cap. */
function resultBound({ shapes, geometry, output }: Execution): number {
  const { width, height } = shapes.at(-1) ?? geometry
  return Math.min(MAX_RESULT_BYTES, output.format === 'png' ? (width * 4 + 1) * height : width * height)
}

/** Runs a planned case on a fresh instance of the engine. */
export async function runCase({ execution, drawn }: Planned, file: Uint8Array, watch?: (context: ImageContext) => ImageContext) {
  const { context, release } = openImageContext()
  const watched = watch ? watch(context) : context
  try {
    const measure = <T>(_phase: string, work: () => Promise<T> | T): Promise<T> => Promise.resolve(work())
    const inputs = await drawn.decode(watched, readLayer, measure)
    const { body } = await execute(execution, file, inputs, watched, measure)
    return { body, coreBytes: (await context.core()).size() }
  } finally {
    await release(false)
  }
}

/** The most memory that a run held: the engine's, the text renderer's if there are letters, and JavaScript's buffers, looked at whenever the run pauses. */
export async function measureCase(planned: Planned, one: TableCase, file: Uint8Array): Promise<Bytes> {
  const draws = DRAW_LETTERS.includes(one.op)
  if (draws) await textRenderer()
  const live = watchLiveMemory()
  const { body, coreBytes } = await runCase(planned, file, (context) => ({
    ...context,
    pause: () => Promise.resolve(live.look()),
  }))
  live.look()
  const renderer = draws ? (await textRenderer()).buffer.byteLength : 0
  const held = Math.max(live.most(), body.length)
  return { all: file.length + coreBytes + renderer + held, working: coreBytes + renderer + held - body.length }
}

/** The operations that start the text renderer. */
const DRAW_LETTERS: readonly string[] = ['text', 'ascii']

let renderer: Promise<WebAssembly.Memory> | undefined

/** The memory of the text renderer, which lives as long as the process. It is started before anything else draws text. */
const textRenderer = (): Promise<WebAssembly.Memory> =>
  (renderer ??= (async () => {
    const { memories, stop } = watchMemories()
    await startRenderer({ wasm: wasmFromDisk })
    stop()
    const [memory] = memories
    if (!memory || memories.size > 1) throw new Error(`The text renderer has ${memories.size} memories.`)
    return memory
  })())
