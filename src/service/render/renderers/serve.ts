import { AppError } from '../../../errors.ts'
import type { Encoded } from '../../../image/execute.ts'
import { giveBack } from '../../../image/engine/parts.ts'
import type { PlanLimits } from '../../../image/plan.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { InputLimits } from '../plan-inputs.ts'
import { createRunPlan, type RunDeps } from '../run-plan.ts'
import { createRunShared } from '../run-shared.ts'
import type { EngineFault } from '../second-opinion.ts'
import { createTimings, type Timings } from '../timings.ts'
import type { IsWanted } from '../ticket.ts'
import { createByteReader, type ByteReader } from '../../files/content/byte-reader.ts'
import { encodeHead, errorToWire, readTask, type RenderTask } from './wire.ts'

export interface ServeDeps extends Omit<RunDeps, 'readFile' | 'engine' | 'reportFault'> {
  readonly limits: PlanLimits & InputLimits
  /** Of the rasters of plans that share a pass. */
  readonly maxSharedBytes: number
}

/** Runs what a request of a caller says, and writes the answer piece by piece. Ends early, without a word, when `signal` does or nobody reads. */
export type ServeTask = (
  body: ReadableStream<Uint8Array>,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>

/** What is a renderer: it knows the files and plans of its requests and nothing else. */
export function createServeTask(deps: ServeDeps): ServeTask {
  let tasks = 0
  return async function serve(body, write, signal) {
    const timings = createTimings(deps.clock)
    const reader = createByteReader(body)
    const faults: EngineFault[] = []
    const writeFaults = async (): Promise<void> => {
      for (const fault of faults.splice(0)) await write(encodeHead({ fault }))
    }
    const tell = async (plan: number, outcome: Encoded | AppError): Promise<boolean> => {
      await writeFaults()
      if (outcome instanceof AppError) await write(encodeHead({ plan, error: errorToWire(outcome) }))
      else await writePicture(plan, outcome, write)
      return true
    }
    const name = String(tasks++)
    const error = await runTask(
      { ...deps, reportFault: (_account, fault) => void faults.push(fault) },
      { name, isWanted: () => !signal.aborted },
      reader,
      timings,
      tell,
    ).then(
      () => undefined,
      (thrown: unknown) => AppError.from(thrown),
    )
    if (signal.aborted) return
    await reader.drain() // a connection whose request was not read to its end is broken, and the answer with it
    await writeFaults()
    const phases = timings.entries().map(([...entry]) => entry)
    const notes = timings.notes().map(([...entry]) => entry)
    await write(encodeHead({ end: true, timings: phases, notes, ...(error && { error: errorToWire(error) }) }))
  }
}

async function writePicture(
  plan: number,
  { body, mime, engine, warnings, gainMap, quality, later, isLossless }: Encoded,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  await write(encodeHead({ plan, size: body.length, mime, engine, warnings: [...warnings], gainMap, quality, later, isLossless }))
  if (body.length > 0) await write(body)
}

type TaskDeps = ServeDeps & Pick<RunDeps, 'reportFault'>

type Tell = (plan: number, outcome: Encoded | AppError) => Promise<boolean>

/** The request that brings a task. */
interface Caller {
  /** In the place of an account: its files are nobody else's. */
  readonly name: string
  readonly isWanted: IsWanted
}

async function runTask(taskDeps: TaskDeps, { name, isWanted }: Caller, reader: ByteReader, timings: Timings, tell: Tell): Promise<void> {
  const { lane, engine, plans, files } = await readTask(reader)
  const left = lane === 'request' ? taskDeps.turns.attend() : undefined
  const taken: Uint8Array[] = []
  const deps = { ...taskDeps, engine, readFile: filesOf(files, reader, taken) }
  const inputs = files.map((file): SourceFile => ({ ...file, etag: '' })) // the source may be drawn too
  const [[source], [plan]] = [inputs, plans]
  if (!source || !plan) throw new Error('A task has a file and a plan.')
  const find = (_: string, path: string): Promise<SourceFile | null> => Promise.resolve(inputs.find((input) => input.path === path) ?? null)
  try {
    if (plans.length > 1) await createRunShared({ ...deps, find })({ account: name, source, plans, isWanted }, timings, tell)
    else await tell(0, await createRunPlan(deps)({ account: name, source, inputs, plan, lane, isWanted }, timings))
  } finally {
    left?.()
    taken.forEach(giveBack) // the task's own: nobody else reads them
  }
}

/**
 * Reads the files in the order in which they come; those that stand before the wanted one wait for their readers. Each can be read once: its
 * memory may have been given to others since, and then the caller must send it again. `taken` gets all that was read.
 */
function filesOf(files: RenderTask['files'], reader: ByteReader, taken: Uint8Array[]): RunDeps['readFile'] {
  const coming = [...files]
  const waiting = new Map<string, Uint8Array>()
  return async function readFile(_account, { path }) {
    while (!waiting.has(path)) {
      const next = coming.shift()
      if (!next) throw new AppError('renderer_unavailable', { detail: `The memory of ${path} was given away while the run waited.` })
      const bytes = await reader.take(next.size)
      taken.push(bytes)
      waiting.set(next.path, bytes)
    }
    const bytes = waiting.get(path) as Uint8Array // the loop has put it in
    waiting.delete(path)
    return bytes
  }
}
