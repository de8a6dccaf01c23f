// Gives the renderer every hostile SVG of the tests' table, and a good one behind each: prints how each ended, the processor time that it took and the memory that WASM had grown to.
// Fails when the work before a refusal takes more than 500 ms, memory grows beyond 64 MB, or the good one does not come out.
// usage: node bench/svg/hostile.ts [--all]      Without `--all` those that took the most are listed, and all that are over.
import { parseArgs } from 'node:util'
import { AppError } from '../../src/errors.ts'
import { execute } from '../../src/image/execute.ts'
import { planExecution } from '../../src/image/planner.ts'
import { bytesOf, svgOf } from '../../test/image/codecs/svg/documents.ts'
import { HOSTILE } from '../../test/image/codecs/svg/hostile.ts'
import { openImageContext } from '../../test/support/image-context.ts'

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } })
const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000, memoryBytes: 80_000_000 }
const [MOST_MS, MOST_BYTES] = [500, 64_000_000]
/** The least of them counts: what else the machine does counts little. */
const ROUNDS = 3
const LISTED = 12
const GOOD = bytesOf(svgOf('<rect width="20" height="10" fill="#00f"/>', 'width="20" height="10"'))

/** Of the renderer, which lives on, and of the cores, of which each run has its own. */
let renderer: WebAssembly.Memory | null = null
let cores: WebAssembly.Memory[] = []
const Plain = WebAssembly.Instance
WebAssembly.Instance = class extends Plain {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports)
    const { memory } = this.exports
    if (!(memory instanceof WebAssembly.Memory)) return
    if ('resvg_new' in this.exports) renderer = memory
    else cores.push(memory)
  }
}
const bytesOfMemory = (memory: WebAssembly.Memory | null): number => memory?.buffer.byteLength ?? 0

/** The answer's words, or `null` for a picture. */
async function refusalOf(file: Uint8Array): Promise<string | null> {
  const { context, release } = openImageContext()
  try {
    const execution = planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, LIMITS)
    await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
    return null
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.fault.status < 500) return thrown.publicText
    throw thrown
  } finally {
    await release(true)
  }
}

interface Row {
  readonly name: string
  readonly refusal: string | null
  readonly ms: number
  readonly bytes: number
  readonly nextIsDrawn: boolean
}

async function measure({ name, file }: (typeof HOSTILE)[number]): Promise<Row> {
  const document = file()
  let [ms, refusal]: [number, string | null] = [Infinity, null]
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    refusal = await refusalOf(document)
    const { user, system } = process.cpuUsage(before)
    ms = Math.min(ms, (user + system) / 1000)
  }
  const bytes = bytesOfMemory(renderer) + Math.max(0, ...cores.map(bytesOfMemory))
  cores = []
  return { name, refusal, ms, bytes, nextIsDrawn: (await refusalOf(GOOD)) === null }
}

await refusalOf(GOOD)
const rows: Row[] = []
for (const hostile of HOSTILE) rows.push(await measure(hostile))
const isOver = ({ refusal, ms, bytes, nextIsDrawn }: Row): boolean =>
  (refusal !== null && ms > MOST_MS) || bytes > MOST_BYTES || !nextIsDrawn
const slowest = rows.toSorted((a, b) => b.ms - a.ms).slice(0, LISTED)
const listed = values.all ? rows : rows.filter((row) => slowest.includes(row) || isOver(row))
console.log('| document | ended | ms | MB of WASM |\n| --- | --- | --- | --- |')
for (const { name, refusal, ms, bytes } of listed)
  console.log(`| ${name} | ${refusal ?? 'drawn'} | ${ms.toFixed(0)} | ${(bytes / 1e6).toFixed(1)} |`)
const refused = rows.filter(({ refusal }) => refusal !== null)
const most = (of: (row: Row) => number, among: readonly Row[]): number => Math.max(...among.map(of))
console.log(
  `\n${rows.length} documents: ${refused.length} refused after at most ${most(({ ms }) => ms, refused).toFixed(0)} ms, ${rows.length - refused.length} drawn in at most ${most(
    ({ ms }) => ms,
    rows.filter(({ refusal }) => refusal === null),
  ).toFixed(
    0,
  )} ms; at most ${(most(({ bytes }) => bytes, rows) / 1e6).toFixed(1)} MB; the good one behind each is drawn ${rows.filter(({ nextIsDrawn }) => nextIsDrawn).length} times`,
)
if (rows.some(isOver)) process.exitCode = 1
