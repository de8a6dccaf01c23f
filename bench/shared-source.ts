// Ten thumbnails of one 12-megapixel source: as the jobs of one process, and as ten renders. `node bench/shared-source.ts [file]`.
import { readFileSync } from 'node:fs'
import { largePhoto, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { step, type FormatName, type TransformPlan } from '../src/image/plan.ts'
import type { FileInfo, FileStore } from '../src/service/ports.ts'
import { createRunPlan } from '../src/service/render/run-plan.ts'
import { createRunShared } from '../src/service/render/run-shared.ts'
import { createTimings } from '../src/service/render/timings.ts'
import { runDeps } from '../test/support/run-deps.ts'

const ROUNDS = 5
const given = process.argv[2]
if (given === undefined) await makeLargePhotos(['12mp.jpg'])
const path = given ?? largePhoto('12mp.jpg')
const file = readFileSync(path)
const source: FileInfo = {
  path: '/source',
  size: file.length,
  etag: '',
  lastModified: new Date(0),
  mime: '',
  originalFileName: null,
  metadata: {},
  tags: [],
}

let fetches = 0
const files = {
  open() {
    fetches++
    return Promise.resolve({ info: source, body: new Blob([file]).stream() })
  },
} as unknown as FileStore // nothing else is asked of it
const deps = runDeps(files)
const alone = createRunPlan(deps)
const together = createRunShared({ ...deps, maxSharedBytes: 40_000_000 })

interface Cost {
  readonly cpuMs: number
  readonly fetches: number
}

/** The best of the rounds: what disturbs only adds. */
async function cheapest(work: () => Promise<unknown>): Promise<Cost> {
  let cpuMs = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    fetches = 0
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    cpuMs = Math.min(cpuMs, (user + system) / 1000)
  }
  return { cpuMs, fetches }
}

const timings = () => createTimings({ now: () => performance.now() })
const rows: Record<string, unknown> = {}
for (const format of ['webp', 'png', 'jpeg'] as const satisfies readonly FormatName[]) {
  const plans = Array.from({ length: 10 }, (_, i): TransformPlan => ({
    steps: [step('resize', { width: (i + 1) * 40 })],
    output: { format, quality: 80 },
  }))
  const one = await cheapest(() =>
    together({ account: 'bench', source, plans }, timings(), (_plan, outcome) =>
      outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(true),
    ),
  )
  const ten = await cheapest(async () => {
    for (const plan of plans) await alone({ account: 'bench', source, inputs: [], plan, lane: 'request' }, timings())
  })
  rows[format] = {
    'one process, ms of CPU': Math.round(one.cpuMs),
    'its fetches': one.fetches,
    'ten renders, ms of CPU': Math.round(ten.cpuMs),
    'their fetches': ten.fetches,
    times: Number((ten.cpuMs / one.cpuMs).toFixed(1)),
  }
}
console.log(`Widths 40 to 400 of ${path}`)
console.table(rows)
