/**
 * Every operation on large pictures: whether it runs, in how much memory, and how long it takes beside sharp.
 *
 *   npm run bench:table                                         all of it: hours
 *   npm run bench:table -- --plan                               plans alone, nothing runs: a minute
 *   npm run bench:table -- --megapixels 12,24 --only blur,text --inputs jpeg --outputs png --rounds 3
 *
 * {12, 24, 50, 100} megapixels × {JPEG, progressive JPEG, PNG} × a wish of each operation, at full size and behind a scaling to 800 px × {JPEG, PNG}
 * out. MB are of 10^6 bytes, with the files and the result, and `alone` without them; they are taken in a run that is not timed. Rounds are
 * interleaved with sharp's (one thread, no cache), and the best counts. The exit code is 1 when something that streams is refused or takes more
 * than 32 MB alone, or when a run takes more than its plan said.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { buildAssembly } from '../scripts/build-assembly.ts'
import { type LargeSize, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { OPERATION_NAMES } from '../src/image/plan.ts'
import { fileOf, type Input, INPUTS, nameOf, OUTPUTS, sampleOf, streams, type TableCase, tableCases } from './table/cases.ts'
import { HEADER, isFault, line, type Row, SLOW, statusOf, summary } from './table/outcome.ts'
import { measureCase, planCase, runCase } from './table/run.ts'
import { runTheirs } from './table/theirs.ts'

const MEGAPIXELS = [12, 24, 50, 100] as const satisfies readonly LargeSize[]

const { values } = parseArgs({
  options: {
    megapixels: { type: 'string', default: MEGAPIXELS.join(',') },
    only: { type: 'string', default: OPERATION_NAMES.join(',') },
    inputs: { type: 'string', default: Object.keys(INPUTS).join(',') },
    outputs: { type: 'string', default: OUTPUTS.join(',') },
    rounds: { type: 'string', default: '1' },
    plan: { type: 'boolean', default: false },
  },
})

/** The words of an option, each one of the known. */
function chosen<T extends string | number>(name: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => String(one) === word)
    if (found === undefined) throw new Error(`--${name} knows ${known.join(', ')}, not ${word}.`)
    return found
  })
}

const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a whole number above 0, not ${values.rounds}.`)
const cases = tableCases({
  megapixels: chosen('megapixels', values.megapixels, MEGAPIXELS),
  only: chosen('only', values.only, OPERATION_NAMES),
  inputs: chosen('inputs', values.inputs, Object.keys(INPUTS) as Input[]),
  outputs: chosen('outputs', values.outputs, OUTPUTS),
})

/** The best of the rounds: what disturbs only adds. A row that looks slow gets more rounds, for a disturbance may have made it so. */
async function timed(ours: () => Promise<unknown>, theirs: (() => Promise<unknown>) | null): Promise<Pick<Row, 'ms' | 'theirMs'>> {
  let [ms, theirMs] = [Infinity, Infinity]
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  for (let round = 0; round < rounds || (theirs !== null && round < rounds + 2 && ms > SLOW * theirMs); round++) {
    ms = Math.min(ms, await time(ours))
    if (theirs) theirMs = Math.min(theirMs, await time(theirs))
  }
  return theirs ? { ms, theirMs } : { ms }
}

async function rowOf(one: TableCase): Promise<Row> {
  const file = new Uint8Array(readFileSync(fileOf(one)))
  const { width, height } = await sharp(file, { limitInputPixels: false }).metadata()
  const shape = { width, height }
  const { megapixels, input, output } = one
  let row: Row = { megapixels, input, operation: nameOf(one), width: one.width, output, streams: streams(one), status: 'ok' }
  try {
    const planned = await planCase(one, file, shape)
    row = { ...row, planned: planned.bytes, plannedMs: planned.execution.estimatedMs }
    if (values.plan) return row
    row = { ...row, measured: await measureCase(planned, one, file) }
    return { ...row, ...(await timed(() => runCase(planned, file), runTheirs(one, file, shape))) }
  } catch (thrown) {
    return { ...row, ...statusOf(thrown) }
  }
}

await makeLargePhotos([...new Set(cases.map(sampleOf))])
await buildAssembly()
console.log(HEADER)
const rows: Row[] = []
for (const one of cases) {
  const row = await rowOf(one)
  rows.push(row)
  console.log(line(row))
}
console.log(`\n${summary(rows)}`)
if (rows.some(isFault)) process.exitCode = 1
