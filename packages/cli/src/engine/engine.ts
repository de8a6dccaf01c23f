import { readFileSync, statSync } from 'node:fs'
import { createCorePool } from '../../../../src/adapters/core-pool.ts'
import { limitsSchema, memorySchema } from '../../../../src/config/limits.ts'
import { AppError } from '../../../../src/errors.ts'
import type { Encoded } from '../../../../src/image/execute.ts'
import { planInputs, type TransformPlan } from '../../../../src/image/plan.ts'
import type { WasmModules } from '../../../../src/image/wasm.ts'
import type { SourceFile } from '../../../../src/service/files/recent-files.ts'
import { createMemoryBudget } from '../../../../src/service/render/memory-budget.ts'
import { createRunPlan } from '../../../../src/service/render/run-plan.ts'
import { createTimings } from '../../../../src/service/render/timings.ts'
import type { Turns } from '../../../../src/service/render/turns.ts'
import { loadFont } from './assets.ts'

/** A plan on a local file. Paths are absolute; so are those that the plan draws. */
export interface LocalWish {
  readonly path: string
  readonly plan: TransformPlan
}

export type RenderLocal = (wish: LocalWish) => Promise<Encoded>

const clock = { now: () => Date.now() }
const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

/** One plan at a time, and nobody else in the thread: all turns are its own. */
const ALONE: Turns = { take: () => Promise.resolve({ end: () => undefined }), attend: () => () => undefined }

const hashBytes = async (bytes: Uint8Array): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', bytes as BufferSource)).toString('hex')

/**
 * What renderers of the service do, on files of the disk: the same plan gives the same bytes. For one plan at a time.
 * @param memoryBytes that a run may take; as a renderer's when absent. More of it lets larger pictures through.
 */
export function createEngine(wasm: WasmModules, memoryBytes = memorySchema.parse({}).totalBytes): RenderLocal {
  const limits = { ...limitsSchema.parse({}), memoryBytes }
  const run = createRunPlan({
    clock,
    limits,
    budget: createMemoryBudget({ totalBytes: memoryBytes, maxWaiting: 1, clock, wait }),
    turns: ALONE,
    engine: 'auto',
    hashBytes,
    reportFault: () => undefined,
    openContext: createCorePool(wasm, loadFont).openContext,
    readFile: async (_account, { path }) => readFileSync(path), // nobody else in this thread waits
  })

  return async function renderLocal({ path, plan }) {
    const source = find(path)
    const inputs = [...new Set(planInputs(plan).map((input) => input.path))].map(find)
    if (source.size > limits.maxFileBytes)
      throw new AppError('file_too_large', { reason: `Expected at most ${limits.maxFileBytes} bytes, received ${source.size}.` })
    return run({ account: '', source, inputs, plan, lane: 'request' }, createTimings(clock))
  }
}

/** @throws the error of the file system. */
function find(path: string): SourceFile {
  const info = statSync(path)
  if (!info.isFile()) throw new AppError('file_not_found', { reason: `Expected a file, received ${path}, which is none.` })
  return { path, size: info.size, etag: '' }
}
