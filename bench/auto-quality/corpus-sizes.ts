// Encodes every valid JPEG, PNG, WebP and GIF of a collection anew at several qualities, in its own size and format, and lists each result that has more bytes than
// its source. Counts those whose source must be turned apart, with what keeps a JPEG from being turned without loss. Ends with 1 when there is any other.
// usage: node bench/auto-quality/corpus-sizes.ts [--corpus FOLDER]
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../../src/errors.ts'
import { execute } from '../../src/image/execute.ts'
import { type Output, QUALITY_WISHES } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../../test/support/image-context.ts'

const { values } = parseArgs({ options: { corpus: { type: 'string', default: resolve(import.meta.dirname, '../../../shared/corpus') } } })
const LIMITS = { maxSteps: 8, maxPixels: 30_000_000, maxSide: 12_000, memoryBytes: 100_000_000 }
const WISHES: Readonly<Record<string, Pick<Output, 'quality' | 'target'>>> = {
  '80': { quality: 80 },
  '100': { quality: 100 },
  auto: QUALITY_WISHES.auto,
}

/** Why a file is not turned without loss, with its profile. */
function obstacleTo(file: Uint8Array): string {
  try {
    const output = { format: 'source', ...QUALITY_WISHES.lossless } as const
    return planExecution({ steps: [], output }, file, LIMITS).transcoding === null ? 'of another format than JPEG' : 'it is'
  } catch (thrown) {
    return AppError.from(thrown).reason ?? ''
  }
}

/** What a wish makes of a file; `null` when it is refused. */
async function make(file: Uint8Array, wish: Pick<Output, 'quality' | 'target'>) {
  const { context, release } = openImageContext()
  try {
    const execution = planExecution({ steps: [], output: { format: 'source', ...wish } }, file, LIMITS)
    if (execution.output.format !== execution.source) return null
    const { body, quality } = await execute(execution, file, [], context, async (_phase, work) => work())
    await release(true)
    const isTurned = execution.probe.orientation !== 1
    return {
      bytes: body.length,
      isSource: quality === 'source',
      isTurned,
      obstacle: isTurned && body.length > file.length ? obstacleTo(file) : '',
    }
  } catch (thrown) {
    if (thrown instanceof AppError) return null
    throw thrown
  }
}

let [made, sources, turned, larger] = [0, 0, 0, 0]
const paths = readdirSync(values.corpus, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(jpe?g|png|webp|gif)$/i.test(path))
for (const path of paths.toSorted()) {
  const file = new Uint8Array(readFileSync(join(values.corpus, path)))
  for (const [name, wish] of Object.entries(WISHES)) {
    const result = await make(file, wish)
    if (!result) continue
    made++
    if (result.isSource) sources++
    if (result.bytes <= file.length) continue
    if (result.isTurned) turned++
    else larger++
    console.log(`${path}, q=${name}: ${result.bytes} of ${file.length}${result.isTurned ? `, turned: ${result.obstacle}` : ''}`)
  }
}
console.log(
  `${made} results, ${sources} of them their source; ${turned} larger because their source must be turned, ${larger} larger by themselves`,
)
if (larger > 0) process.exitCode = 1
