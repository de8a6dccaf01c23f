import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import definition from '../../../emulsion.config.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { planInputs } from '../../../src/image/plan.ts'
import { createRunPlan } from '../../../src/service/render/run-plan.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { runDeps } from '../../../test/support/run-deps.ts'
import type { Recipe } from './recipes.ts'

const SAMPLES = resolve(import.meta.dirname, '../../../samples')
const clock = { now: () => performance.now() }

/** The file that the service answers to the URL of a recipe. */
export async function renderRecipe({ sample, query }: Recipe): Promise<Uint8Array> {
  const { plan } = parseImageQuery([...new URLSearchParams(typeof query === 'string' ? query : presetOf(query.preset))])
  const run = createRunPlan({
    ...runDeps({ head: () => Promise.resolve(null), open: () => Promise.resolve(null) } as never), // only `readFile` is asked
    readFile: async (_account, { path }) => new Uint8Array(readFileSync(fileOf(path))),
  })
  const find = (path: string) => ({ path, size: statSync(fileOf(path)).size, etag: '' })
  const inputs = planInputs(plan).map(({ path }) => find(path))
  const { body } = await run({ account: '', source: find(`/samples/${sample}`), inputs, plan, lane: 'request' }, createTimings(clock))
  return body
}

const fileOf = (path: string): string => resolve(SAMPLES, path.replace('/samples/', ''))

function presetOf(name: string): string {
  const preset = (definition.accounts[0]?.presets as Readonly<Record<string, unknown>> | undefined)?.[name]
  if (typeof preset !== 'string') throw new Error(`emulsion.config.ts has no preset "${name}" that is a query.`)
  return preset
}
