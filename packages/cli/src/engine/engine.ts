import { readFileSync, statSync } from 'node:fs'
import { createCorePool } from '../../../../src/adapters/core-pool.ts'
import { limitsSchema, memorySchema } from '../../../../src/config/limits.ts'
import { AppError } from '../../../../src/errors.ts'
import type { Encoded } from '../../../../src/image/execute.ts'
import { planInputs, type TransformPlan } from '../../../../src/image/plan.ts'
import type { WasmModules } from '../../../../src/image/wasm.ts'
import type { SourceFile } from '../../../../src/service/files/recent-files.ts'
import { createRunAlone } from '../../../../src/service/render/alone/run-alone.ts'
import { loadFont } from './assets.ts'

/** A plan on a local file. Paths are absolute; so are those that the plan draws. */
export interface LocalWish {
  readonly path: string
  readonly plan: TransformPlan
}

export type RenderLocal = (wish: LocalWish) => Promise<Encoded>

/**
 * What renderers of the service do, on files of the disk: the same plan gives the same bytes. For one plan at a time.
 * @param memoryBytes that a run may take; as a renderer's when absent. More of it lets larger pictures through.
 */
export function createEngine(wasm: WasmModules, memoryBytes = memorySchema.parse({}).totalBytes): RenderLocal {
  const run = createRunAlone({
    limits: limitsSchema.parse({}),
    memoryBytes,
    openContext: createCorePool(wasm, loadFont).openContext,
    readFile: async ({ path }) => readFileSync(path), // nobody else in this thread waits
  })

  return async function renderLocal({ path, plan }) {
    const source = find(path)
    const inputs = [...new Set(planInputs(plan).map((input) => input.path))].map(find)
    return run({ source, inputs, plan })
  }
}

/** @throws the error of the file system. */
function find(path: string): SourceFile {
  const info = statSync(path)
  if (!info.isFile()) throw new AppError('file_not_found', { reason: `Expected a file, received ${path}, which is none.` })
  return { path, size: info.size, etag: '' }
}
