/**
 * What the profile of a photograph costs: CPU time of a JPEG of 12 megapixels in Display P3, scaled to 800 pixels, beside the same file without its profile, which
 * differs in nothing else. Both in turns; least times count. Ends with 1 when it is more than 1.1 times as much.
 *
 *   npm run bench:profile
 */
import { readFileSync } from 'node:fs'
import { largePhoto, makeLargePhotos } from '../../scripts/samples/large-photos.ts'
import { execute } from '../../src/image/execute.ts'
import { step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../../test/support/image-context.ts'

const LIMITS = { maxSteps: 10, maxPixels: 1e9, maxSide: 20_000 }
const ROUNDS = 40
const MOST = 1.1
const APP2 = 0xe2
const START_OF_SCAN = 0xda

/** A JPEG without its segments APP2, where the profile is. */
function withoutProfile(file: Buffer): Uint8Array {
  const kept = [file.subarray(0, 2)]
  let at = 2
  while (file[at + 1] !== START_OF_SCAN) {
    const end = at + 2 + file.readUInt16BE(at + 2)
    if (file[at + 1] !== APP2) kept.push(file.subarray(at, end))
    at = end
  }
  return new Uint8Array(Buffer.concat([...kept, file.subarray(at)]))
}

async function cpuMs(file: Uint8Array): Promise<number> {
  const { context, release } = openImageContext()
  const before = process.cpuUsage()
  const plan = { steps: [step('resize', { width: 800 })], output: { format: 'jpeg', quality: 80 } } as const
  await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())
  const { user, system } = process.cpuUsage(before)
  await release(true)
  return (user + system) / 1000
}

await makeLargePhotos(['12mp-p3.jpg'])
const photo = readFileSync(largePhoto('12mp-p3.jpg'))
const files = { tagged: new Uint8Array(photo), plain: withoutProfile(photo) }
const times = { tagged: [] as number[], plain: [] as number[] }
for (let round = 0; round < ROUNDS; round++) for (const name of ['tagged', 'plain'] as const) times[name].push(await cpuMs(files[name]))
const [tagged, plain] = [Math.min(...times.tagged), Math.min(...times.plain)]
console.log(`with its profile ${tagged.toFixed(1)} ms, without ${plain.toFixed(1)} ms: ${(tagged / plain).toFixed(2)}`)
if (tagged / plain > MOST) process.exitCode = 1
