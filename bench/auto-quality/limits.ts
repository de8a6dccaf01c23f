/**
 * How well `max-bytes` is kept: 200 limits by chance between what a picture takes at q=15 and at q=97, over the photographs of `npm run bench:quality` at 800
 * pixels and the formats in turn. A result is full from 96 % of the limit on; what is not, is tried at the next quality. Ends with 1 when a limit was broken.
 *
 *   npm run bench:max-bytes
 *   npm run bench:max-bytes -- --photos DIRECTORY --limits 50
 */
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { execute } from '../../src/image/execute.ts'
import type { Output } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../../test/support/image-context.ts'
import { photographs } from './pictures.ts'

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: resolve(import.meta.dirname, '../../samples') },
    limits: { type: 'string', default: '200' },
  },
})
const LIMITS = { maxSteps: 4, maxPixels: 1e8, maxSide: 20_000 }
const FULL = 0.96
const FORMATS = ['jpeg', 'webp'] as const

/** Runs a plan: bytes, quality, and how often the whole picture was encoded. */
async function make(file: Uint8Array, output: Output) {
  const { context, release } = openImageContext()
  let encodes = 0
  const result = await execute(planExecution({ steps: [], output }, file, LIMITS), file, [], context, async (phase, work) => {
    if (phase === 'render') encodes++
    return work()
  })
  await release(true)
  return { bytes: result.body.length, quality: Number(result.quality ?? output.quality), encodes }
}

/** Chances that are the same each time. */
function* chances(): Generator<number, never> {
  for (let state = 1; ;) yield (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

const pictures = await photographs(values.photos)
const chance = chances()
let [broken, short, largestStep, encodes, filled] = [0, 0, 0, 0, 0]
const count = Number(values.limits)
for (let i = 0; i < count; i++) {
  const { name, file } = pictures[i % pictures.length] ?? { name: '', file: new Uint8Array() }
  const format = FORMATS[i % FORMATS.length] ?? 'jpeg'
  const [least, most] = [await make(file, { format, quality: 15 }), await make(file, { format, quality: 97 })]
  const maxBytes = Math.round(least.bytes * (most.bytes / least.bytes) ** chance.next().value)
  const found = await make(file, { format, quality: 100, maxBytes })
  encodes += found.encodes
  filled += found.bytes / maxBytes
  if (found.bytes > maxBytes) broken++
  if (found.bytes >= maxBytes * FULL || found.quality === 100) continue
  const better = await make(file, { format, quality: found.quality + 1 })
  largestStep = Math.max(largestStep, better.bytes / found.bytes - 1)
  if (better.bytes > maxBytes) continue
  short++
  console.log(`${name}, ${format}: ${found.bytes} of ${maxBytes} at ${found.quality}, and ${better.bytes} at the next quality`)
}
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
console.log(`${count} limits: ${broken} broken, ${short} less than ${percent(FULL)} full although the next quality fits`)
console.log(
  `filled to ${percent(filled / count)} in the mean, with ${(encodes / count).toFixed(2)} encodes of the whole picture; largest step ${percent(largestStep)}`,
)
if (broken > 0) process.exitCode = 1
